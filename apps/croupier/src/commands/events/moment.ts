const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * A time as people give it: RFC 3339, or how long ago, such as `90s`, `15m`, `2h` or `3d`.
 * @param now - epoch milliseconds
 */
export function momentOf(text: string, now: number): string {
  const [, amount, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const at = amount && unit ? now - Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS] : Date.parse(text);
  if (Number.isNaN(at))
    throw new Error(
      `${text} is no time. Give one such as 2026-03-01T12:00:00Z, or how long ago, such as 15m or 2h.`,
    );
  return new Date(at).toISOString();
}

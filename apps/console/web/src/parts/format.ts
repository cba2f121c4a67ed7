export function percent(share: number | null, digits = 2): string {
  return share === null || !Number.isFinite(share) ? '–' : `${(share * 100).toFixed(digits)} %`;
}

/** Evidence as a share of what a verdict takes; 1 is a verdict. */
export function evidenceShare(evidence: number, threshold: number): number {
  const share = evidence / threshold;
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
}

export function clock(at: number): string {
  return new Date(at).toLocaleTimeString();
}

export function time(at: string): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}

import type {
  AuditRecord,
  DealtVersion,
  ReleaseId,
  ServiceInterval,
  ServiceReportQuery,
  TrafficChanged,
} from '@croupier/contracts';

interface Open {
  readonly dealt: DealtVersion;
  readonly market: string;
  readonly weights: { weightPercent: number; from: string }[];
}

type Told = Readonly<Record<string, unknown>>;

/** How long after traffic has moved what it moved for may be recorded, and before: services have clocks of their own. */
const NEAR_MS = 5_000;
const ENDINGS = ['rollout.rolled_back', 'rollout.promoted', 'version.revoked', 'clearance.changed'];

/** @param records - of the game, in the order of their chain */
export function serviceIntervals(
  records: readonly AuditRecord[],
  { market, from, to }: ServiceReportQuery,
): ServiceInterval[] {
  const open = new Map<string, Open>();
  const found: ServiceInterval[] = [];
  const close = (key: string, at: string | null): void => {
    const interval = open.get(key)!;
    open.delete(key);
    const isWithin = at === null || Date.parse(at) > Date.parse(from);
    if (isWithin) found.push(intervalOf(interval, at, records));
  };
  for (const { at, after } of inRoutingOrder(records, to)) {
    const shares = sharesOf(after as unknown as TrafficChanged, market);
    for (const key of [...open.keys()]) if (!shares.has(key)) close(key, at);
    for (const [key, { dealt, place, weightPercent }] of shares) {
      const known = open.get(key);
      if (!known) open.set(key, { dealt, market: place, weights: [{ weightPercent, from: at }] });
      else if (known.weights.at(-1)?.weightPercent !== weightPercent)
        known.weights.push({ weightPercent, from: at });
    }
  }
  for (const key of [...open.keys()]) close(key, null);
  return found.sort((a, b) => order(a, b));
}

/** Events come in any order; the routing version is the order in which traffic was dealt. */
function inRoutingOrder(records: readonly AuditRecord[], to: string): AuditRecord[] {
  const routingVersion = ({ after }: AuditRecord): number => (after as Told)['routingVersion'] as number;
  return records
    .filter(({ action, at }) => action === 'traffic.changed' && Date.parse(at) < Date.parse(to))
    .sort((a, b) => routingVersion(a) - routingVersion(b));
}

function sharesOf(
  { dealt = [] }: TrafficChanged,
  market: string | undefined,
): Map<string, { dealt: DealtVersion; place: string; weightPercent: number }> {
  return new Map(
    dealt.flatMap((version) =>
      Object.entries(version.markets)
        .filter(([place]) => market === undefined || place === market)
        .map(([place, weightPercent]) => {
          const key = `${place} ${version.version} ${version.digest} ${version.role}`;
          return [key, { dealt: version, place, weightPercent }] as const;
        }),
    ),
  );
}

function intervalOf(
  { dealt: { version, digest, role }, market, weights }: Open,
  to: string | null,
  records: readonly AuditRecord[],
): ServiceInterval {
  const from = weights[0]!.from;
  const releaseId = releaseOf(records, version, from);
  const toldOfRelease = (action: string): AuditRecord[] =>
    records.filter((record) => record.action === action && (record.after as Told)['releaseId'] === releaseId);
  return {
    ...{ market, version, digest, role, from, to },
    weights: weights.map((weight, index) => ({ ...weight, to: weights[index + 1]?.from ?? to })),
    certificates: certificatesOf(records, version, market),
    releaseId,
    approvers: [...new Set(toldOfRelease('release.approved').map(({ actor }) => actor))],
    overrides: toldOfRelease('approval.overridden').map(({ actor, reason, at }) => ({
      ...{ actor, reason: reason ?? '', at },
    })),
    endedBecause: to === null ? null : endingOf(records, version, to),
  };
}

/** The last that was begun for the version by then. */
function releaseOf(records: readonly AuditRecord[], version: string, from: string): ReleaseId | null {
  const begun = records.filter(
    ({ action, at, after }) =>
      action === 'rollout.started' &&
      (after as Told)['version'] === version &&
      Date.parse(at) <= Date.parse(from) + NEAR_MS,
  );
  return ((begun.at(-1)?.after as Told | undefined)?.['releaseId'] as ReleaseId | undefined) ?? null;
}

function certificatesOf(
  records: readonly AuditRecord[],
  version: string,
  market: string,
): ServiceInterval['certificates'] {
  return records.flatMap(({ action, actor, after }) => {
    const told = after as Told;
    if (told['version'] !== version) return [];
    if (action === 'certificate.recorded' && told['market'] === market) {
      const { certificate, laboratory, validFrom, validTo } =
        told as ServiceInterval['certificates'][number] & Told;
      return [{ certificate, laboratory, validFrom, validTo, actor }];
    }
    const isTold = action === 'game.certified' && (told['markets'] as string[]).includes(market);
    if (!isTold) return [];
    const { certificate, announcedAt, validUntil } = told as { [name: string]: string | null };
    const validTo = validUntil ?? null;
    return [{ certificate: certificate ?? null, laboratory: null, validFrom: announcedAt!, validTo, actor }];
  });
}

/** What was decided last before the traffic moved, in the words of who decided it. */
function endingOf(records: readonly AuditRecord[], version: string, to: string): string | null {
  const endings = records.filter(
    ({ action, at }) => ENDINGS.includes(action) && Date.parse(at) <= Date.parse(to) + NEAR_MS,
  );
  const last = endings.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)).at(-1);
  if (last === undefined) return null;
  const told = last.after as Told;
  if (last.action !== 'rollout.promoted') return last.reason;
  return told['version'] === version ? 'promoted' : `replaced by ${String(told['version'])}`;
}

function order(a: ServiceInterval, b: ServiceInterval): number {
  if (a.market !== b.market) return a.market < b.market ? -1 : 1;
  return Date.parse(a.from) - Date.parse(b.from);
}

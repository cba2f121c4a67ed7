import { stagesOf, type Stage } from '@croupier/rollout';

/** What spans tell of an entry of a release's timeline. */
export interface SpannedEntry {
  readonly type: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly summary: string;
  readonly data: { readonly changesTraffic?: boolean; readonly previousVersion?: string | null };
}

export interface EndedStage {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly entries: readonly SpannedEntry[];
  /** Why the release ended in it; undefined unless it was not well. */
  readonly fault: string | undefined;
}

const FAULTS = ['rollout.rolled_back', 'release.failed'];

/**
 * The stages that were over with the last of these entries.
 * @param timeline one release's, from its beginning
 */
export function stagesEndedBy(timeline: readonly SpannedEntry[]): EndedStage[] {
  const last = timeline.at(-1);
  const stages = stagesOf(timeline);
  const current = stages.at(-1);
  if (!last || !current) return [];
  const before = current.begunBy === last ? stages.at(-2) : undefined;
  return [
    ...(before ? [ended(before, last)] : []),
    ...(isOverWith(current, last) ? [ended(current, last)] : []),
  ];
}

/** A release ends with its traffic dealt, and what comes after, such as that it drains, is no stage of its rollout. */
function isOverWith({ begunBy, entries }: Stage<SpannedEntry>, last: SpannedEntry): boolean {
  switch (begunBy.type) {
    case 'release.failed':
      return begunBy === last;
    case 'rollout.rolled_back':
      if (begunBy.data.changesTraffic === false) return begunBy === last;
      return isFirstConfirmation(entries, last);
    case 'rollout.promoted':
      // Nothing is drained for a first version, so nobody waits until it is dealt.
      if (begunBy.data.previousVersion === null) return begunBy === last;
      return isFirstConfirmation(entries, last);
    default:
      return false;
  }
}

function isFirstConfirmation(entries: readonly SpannedEntry[], last: SpannedEntry): boolean {
  return entries.find(({ type }) => type === 'weight.confirmed') === last;
}

function ended({ name, begunBy, entries }: Stage<SpannedEntry>, last: SpannedEntry): EndedStage {
  const fault = FAULTS.includes(begunBy.type) ? begunBy.summary : undefined;
  return { name, startMs: begunBy.at, endMs: last.at, entries, fault };
}

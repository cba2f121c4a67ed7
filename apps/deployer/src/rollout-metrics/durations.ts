import type { ToldEvent } from './told-event';

export type Outcome = 'promoted' | 'rolled-back' | 'failed';

export type Duration =
  /** From the queue to the end. */
  | { readonly kind: 'release'; readonly outcome: Outcome; readonly seconds: number }
  /** From the first step to the end. */
  | { readonly kind: 'rollout'; readonly outcome: Outcome; readonly seconds: number }
  /** What a step took to gather the evidence that it passed by. */
  | { readonly kind: 'evidence'; readonly seconds: number }
  /** From the moment that every gateway dealt by a step to the breach that was found in it. */
  | { readonly kind: 'detection'; readonly seconds: number }
  /** From a decision on traffic to the moment that every gateway dealt by it. */
  | { readonly kind: 'switch'; readonly cause: SwitchCause; readonly seconds: number };

export type SwitchCause = 'step' | 'promotion' | 'rollback';

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  'rollout.promoted': 'promoted',
  'rollout.rolled_back': 'rolled-back',
  'release.failed': 'failed',
};

/** The types of events that end something which takes time. */
const ENDS = ['step.passed', 'weight.confirmed', ...Object.keys(OUTCOMES)];

export function endsDuration({ type }: Pick<ToldEvent, 'type'>): boolean {
  return ENDS.includes(type);
}

/**
 * What took how long and was over with the last of these events.
 * @param timeline one release's, from its beginning
 */
export function durationsOf(timeline: readonly ToldEvent[]): Duration[] {
  const last = timeline.at(-1);
  if (!last) return [];
  const before = timeline.slice(0, -1);
  const since = (event: ToldEvent): number => Math.max(0, last.at - event.at) / 1000;
  switch (last.type) {
    case 'step.passed':
      return typeof last.data.requests === 'number'
        ? [{ kind: 'evidence', seconds: (last.data.elapsedMs ?? 0) / 1000 }]
        : [];
    case 'weight.confirmed':
      return switched(before, since);
    default:
      return ended(last, before, since);
  }
}

function switched(before: readonly ToldEvent[], since: (event: ToldEvent) => number): Duration[] {
  const decided = before.findLast((event) => causeOf(event) !== null);
  const cause = decided && causeOf(decided);
  return cause ? [{ kind: 'switch', cause, seconds: since(decided) }] : [];
}

function ended(
  last: ToldEvent,
  before: readonly ToldEvent[],
  since: (event: ToldEvent) => number,
): Duration[] {
  const outcome = OUTCOMES[last.type];
  if (outcome === undefined) return [];
  const [queued] = before;
  const started = before.find(({ type }) => type === 'rollout.step');
  const dealt = before.findLast((event) => event.type === 'weight.confirmed' || causeOf(event) === 'step');
  const isBreach = last.data.cause === 'breach';
  return [
    ...(queued ? [{ kind: 'release', outcome, seconds: since(queued) } as const] : []),
    ...(started ? [{ kind: 'rollout', outcome, seconds: since(started) } as const] : []),
    ...(isBreach && dealt ? [{ kind: 'detection', seconds: since(dealt) } as const] : []),
  ];
}

function causeOf({ type, data }: ToldEvent): SwitchCause | null {
  if (type === 'rollout.promoted') return 'promotion';
  if (type === 'rollout.rolled_back') return 'rollback';
  return type === 'rollout.step' && data.step?.kind === 'setWeight' ? 'step' : null;
}

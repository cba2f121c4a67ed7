/** One entry of a release's timeline, as far as stages are told by it. */
export interface StagedEntry {
  readonly type: string;
  readonly data?: unknown;
}

/** A part of a release's life, with what was told in it. */
export interface Stage<Entry extends StagedEntry> {
  /** Such as `staging` or `step 3 of 9: analysis`. */
  readonly name: string;
  /** The entry that it began with: its own first one, or the last one of the stage before. */
  readonly begunBy: Entry;
  readonly entries: readonly Entry[];
}

/** What begins with an entry: with it as the first entry, or, as its outcome is the news, after it. */
interface Beginning {
  readonly name: string;
  readonly includesEntry: boolean;
}

const AFTER_START: Readonly<Record<string, string>> = { staging: 'staging', deploying: 'deployment' };

/** The stages of a release in their order, from its timeline in its order. */
export function stagesOf<Entry extends StagedEntry>(timeline: readonly Entry[]): Stage<Entry>[] {
  const stages: { name: string; begunBy: Entry; entries: Entry[] }[] = [];
  for (const entry of timeline) {
    const beginning =
      beginningOf(entry) ?? (stages.length === 0 ? { name: 'queue', includesEntry: true } : null);
    if (beginning?.includesEntry) stages.push({ name: beginning.name, begunBy: entry, entries: [entry] });
    else {
      stages.at(-1)?.entries.push(entry);
      if (beginning) stages.push({ name: beginning.name, begunBy: entry, entries: [] });
    }
  }
  return stages;
}

function beginningOf({ type, data }: StagedEntry): Beginning | null {
  switch (type) {
    case 'release.queued':
      return { name: 'queue', includesEntry: true };
    case 'release.started': {
      const name = AFTER_START[String(valueIn(data, 'leadsTo'))];
      return name === undefined ? null : { name, includesEntry: true };
    }
    case 'staging.deployed':
      return { name: 'tests', includesEntry: false };
    case 'approval.requested':
      return { name: 'approval', includesEntry: true };
    case 'release.staged':
      return { name: 'migration', includesEntry: true };
    case 'migration.applied':
      return { name: 'deployment', includesEntry: false };
    case 'rollout.step': {
      const number = Number(valueIn(data, 'stepIndex')) + 1;
      const kind = String(valueIn(valueIn(data, 'step'), 'kind'));
      return {
        name: `step ${number} of ${String(valueIn(data, 'stepCount'))}: ${kind}`,
        includesEntry: true,
      };
    }
    case 'rollout.promoted':
      return { name: 'promotion', includesEntry: true };
    case 'rollout.rolled_back':
      return { name: 'rollback', includesEntry: true };
    case 'release.failed':
      return { name: 'failure', includesEntry: true };
    default:
      return null;
  }
}

function valueIn(data: unknown, name: string): unknown {
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[name] : undefined;
}

import * as fc from 'fast-check';
import { leasesOf } from '../../test/memory-lease-store';
import { countOf, MemoryTelemetry, windowOf } from '../../test/memory-telemetry';
import { releaseId } from '../../test/release-plan';
import { inPhase, inStep } from '../../test/stored-releases';
import type { Lease } from '../ports/lease-store';
import type { StoredRelease } from '../ports/release-store';
import type { TelemetryRead } from '../ports/telemetry-source';
import { TallyBook } from './tally-book';

/** Two games, each in a partition of its own. */
const GAMES = ['gold-rush', 'wallet'] as const;
const REPLICAS = 2;

type Happening =
  | {
      readonly kind: 'window';
      readonly games: readonly number[];
      readonly requests: number;
      readonly late: boolean;
    }
  | { readonly kind: 'commit'; readonly which: number }
  | { readonly kind: 'begin'; readonly game: number }
  | { readonly kind: 'raise'; readonly game: number }
  | { readonly kind: 'hand-over'; readonly game: number; readonly saved: boolean };

/** A replica's look, and what happens between its read and its count. */
interface Look {
  readonly kind: 'look';
  readonly replica: number;
  readonly slack: number;
  readonly between: readonly Happening[];
}

const game = fc.constantFrom(0, 1);
const happenings: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('window' as const),
      games: fc.constantFrom<number[][]>([0], [1], [0, 1]),
      requests: fc.integer({ min: 1, max: 9 }),
      late: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('commit' as const), which: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('begin' as const), game }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('raise' as const), game }) },
);
const handOvers: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constant('hand-over' as const),
  game,
  saved: fc.boolean(),
});
const looks: fc.Arbitrary<Look> = fc.record({
  kind: fc.constant('look' as const),
  replica: fc.nat(REPLICAS - 1),
  slack: fc.constantFrom(0, 0, 0, 1, 4),
  between: fc.array(happenings, { maxLength: 3 }),
});
const stories = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: happenings },
    { weight: 4, arbitrary: looks },
    { weight: 1, arbitrary: handOvers },
  ),
  { maxLength: 60 },
);

/** Knows less than it could: a horizon may be lower than it has to be. */
class CautiousTelemetry extends MemoryTelemetry {
  slack = 0;

  override async horizon(): Promise<number> {
    return Math.max(0, (await super.horizon()) - this.slack);
  }
}

class Story {
  private readonly tokens = GAMES.map(() => 1);
  private readonly holders = GAMES.map(() => 0);
  private readonly source = new CautiousTelemetry((partition) => this.tokens[partition]!);
  private readonly books = Array.from({ length: REPLICAS }, () => new TallyBook(this.source));
  private readonly commits: (() => void)[] = [];
  private readonly dealt: {
    readonly games: readonly number[];
    readonly by: number;
    readonly requests: number;
  }[] = [];
  private readonly routed = GAMES.map((): { first: number; step: number } | null => null);
  private snapshot = 1;

  async begin(): Promise<void> {
    await this.books[0]!.follow(this.leases(0), [0, 1]);
  }

  async tell(part: Happening | Look): Promise<void> {
    switch (part.kind) {
      case 'window':
        return this.window(part);
      case 'commit':
        return this.commits.splice(part.which, 1)[0]?.();
      case 'begin':
        this.routed[part.game] ??= this.deal();
        return;
      case 'raise': {
        const routed = this.routed[part.game];
        if (routed) routed.step = this.deal().step;
        return;
      }
      case 'hand-over':
        return this.handOver(part.game, part.saved);
      case 'look':
        return this.look(part);
    }
  }

  /** Everything is in traffic, committed and read. */
  async end(): Promise<void> {
    for (const index of GAMES.keys()) await this.tell({ kind: 'begin', game: index });
    for (const commit of this.commits) commit();
    for (let replica = 0; replica < REPLICAS; replica += 1)
      for (let turn = 0; turn < 2; turn += 1)
        await this.look({ kind: 'look', replica, slack: 0, between: [] });
  }

  counted() {
    return GAMES.map((_, index) => {
      const { rollout, step, metrics } = this.books[this.holders[index]!]!.of(this.release(index));
      const { rollout: canary, stable, relative } = metrics['errors'] ?? {};
      return {
        rollout: rollout.requests,
        step: step.requests,
        canary: canary?.trials ?? 0,
        stable: stable?.trials ?? 0,
        compared: relative?.canary.trials ?? 0,
      };
    });
  }

  expected() {
    return GAMES.map((_, index) => {
      const { first, step } = this.routed[index]!;
      const since = (snapshot: number): number =>
        this.dealt
          .filter(({ games, by }) => games.includes(index) && by >= snapshot)
          .reduce((sum, { requests }) => sum + requests, 0);
      const rollout = since(first);
      return { rollout, step: since(step), canary: rollout, stable: 2 * rollout, compared: rollout };
    });
  }

  private window({ games, requests, late }: Extract<Happening, { readonly kind: 'window' }>): void {
    const counts = games.flatMap((index) => [
      countOf('1.1.0', { game: GAMES[index]!, requests }),
      countOf('1.0.0', { game: GAMES[index]!, requests: 2 * requests }),
    ]);
    const commit = this.source.add(windowOf(counts, { routingVersion: this.snapshot }), late);
    if (late) this.commits.push(commit);
    this.dealt.push({ games, by: this.snapshot, requests });
  }

  /** By a new snapshot. */
  private deal(): { first: number; step: number } {
    this.snapshot += 1;
    return { first: this.snapshot, step: this.snapshot };
  }

  private async look({ replica, slack, between }: Look): Promise<void> {
    const book = this.books[replica]!;
    this.source.slack = slack;
    const read: TelemetryRead = await book.read(this.held(replica));
    for (const happening of between) await this.tell(happening);
    book.count(read, this.held(replica));
  }

  private async handOver(partition: number, saved: boolean): Promise<void> {
    const from = this.holders[partition]!;
    const to = (from + 1) % REPLICAS;
    const before = this.leases(from);
    if (saved) await this.books[from]!.save(before);
    this.tokens[partition]! += 1;
    this.holders[partition] = to;
    // The old holder does not know yet; what it saves is not stored.
    await this.books[from]!.save(before);
    await this.books[from]!.follow(this.leases(from), []);
    await this.books[to]!.follow(this.leases(to), [partition]);
  }

  private leases(replica: number): ReadonlyMap<number, Lease> {
    const held = [...GAMES.keys()].filter((partition) => this.holders[partition] === replica);
    return new Map(held.flatMap((partition) => [...leasesOf(this.tokens[partition]!, [partition])]));
  }

  private held(replica: number): StoredRelease[] {
    return [...GAMES.keys()]
      .filter((index) => this.holders[index] === replica)
      .map((index) => this.release(index));
  }

  private release(index: number): StoredRelease {
    const plan = { releaseId: releaseId(index), game: GAMES[index]! };
    const routed = this.routed[index];
    if (!routed) return inPhase('deploying', plan, { partition: index });
    const { first: firstRoutingVersion, step: stepRoutingVersion } = routed;
    return inStep(1, plan, { partition: index, firstRoutingVersion, stepRoutingVersion });
  }
}

describe('the book of tallies, by properties', () => {
  it('counts every entry once, whatever is read late, again, by whom, and whatever begins meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(stories, async (parts) => {
        const story = new Story();
        await story.begin();
        for (const part of parts) await story.tell(part);
        await story.end();
        expect(story.counted()).toEqual(story.expected());
      }),
      { numRuns: 500 },
    );
  });
});

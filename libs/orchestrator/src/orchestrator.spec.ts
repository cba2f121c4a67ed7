import type { SubjectId } from '@croupier/contracts';
import { allAtOnceSteps, type Freeze, type ReleasePlan, type RolloutInput } from '@croupier/rollout';
import { FakeClock } from '../test/fake-clock';
import { MemoryLeaseStore } from '../test/memory-lease-store';
import { MemoryReleaseStore } from '../test/memory-release-store';
import { countOf, MemoryTelemetry, windowOf } from '../test/memory-telemetry';
import { RecordingObserver } from '../test/recording-observer';
import { releaseId } from '../test/release-plan';
import { ScriptedPerformer } from '../test/scripted-performer';
import { queued } from '../test/stored-releases';
import { Orchestrator } from './orchestrator';
import type { OutsideEffect } from './ports/effect-performer';
import { PARTITIONS } from './releases/partition-of';

const SWEEP_MS = 1_000;
const GAME = 'acme/gold-rush';
const ID = releaseId(1);

/** A deployer that is alone, and a world that does what it is told. */
class Casino {
  readonly clock = new FakeClock();
  readonly leases = new MemoryLeaseStore();
  readonly store = new MemoryReleaseStore((partition) => this.leases.tokenOf(partition));
  readonly telemetry = new MemoryTelemetry((partition) => this.leases.tokenOf(partition));
  readonly performer = new ScriptedPerformer();
  readonly observer = new RecordingObserver();
  freeze: Freeze | null = null;
  wakes = 0;
  private answered = 0;
  private orchestrator: Orchestrator;

  constructor(private readonly startingAtOnce = 10) {
    this.store.stable.set(GAME, '1.0.0');
    this.telemetry.routed = this.store.routingVersion;
    this.orchestrator = this.deployer('one');
  }

  /** Somebody else takes over, without a word from the one before. */
  crash(): void {
    for (let partition = 0; partition < PARTITIONS; partition += 1) this.leases.hand(partition, 'two');
    this.orchestrator = this.deployer('two');
  }

  stop(): Promise<void> {
    return this.orchestrator.stop();
  }

  /** A pass, a second after the one before. */
  async pass(): Promise<void> {
    this.clock.pass(SWEEP_MS);
    await this.passNow();
  }

  async passNow(): Promise<void> {
    await this.orchestrator.renewLeases();
    await this.orchestrator.pass();
  }

  /** Passes until nothing changes any more, all that is outside having succeeded. */
  async settle(): Promise<void> {
    let changes = -1;
    while (changes !== this.observer.tellings.length) {
      changes = this.observer.tellings.length;
      for (let turn = 0; turn < 2; turn += 1) {
        await this.pass();
        await this.succeed();
      }
    }
  }

  /** Every effect under way succeeds. */
  async succeed(): Promise<void> {
    const { performances } = this.performer;
    for (; this.answered < performances.length; this.answered += 1) {
      const performance = performances[this.answered]!;
      await performance.succeed(successOf(performance.effect));
    }
  }

  /** As the migrator tells it, past the orchestrator. */
  async tell(input: RolloutInput, id = ID): Promise<void> {
    await this.store.tell([{ releaseId: id, input }], [], this.clock.now());
  }

  /** All gateways deal by the newest snapshot, and count. */
  dealt(requests: number, errors = 0): void {
    this.telemetry.routed = this.store.routingVersion;
    this.telemetry.add(
      windowOf(
        [
          countOf('1.1.0', { launches: requests, requests, errors }),
          countOf('1.0.0', { launches: requests, requests: requests * 10 }),
        ],
        { routingVersion: this.store.routingVersion, startedAt: this.clock.now() },
      ),
    );
  }

  phaseOf(id = ID): string {
    return this.store.get(id).state.phase.kind;
  }

  weights(): number[] {
    return this.store.snapshots
      .flat()
      .flatMap((effect) => (effect.kind === 'set-weight' ? effect.weights.elsewhere : []));
  }

  private deployer(replicaId: string): Orchestrator {
    return new Orchestrator(
      {
        leases: this.leases,
        releases: this.store,
        telemetry: this.telemetry,
        effects: this.performer,
        freezes: { freezeOf: () => this.freeze },
        clock: this.clock,
        observer: this.observer,
      },
      { replicaId, startingAtOnce: this.startingAtOnce, wake: () => (this.wakes += 1) },
    );
  }
}

function successOf(effect: OutsideEffect): RolloutInput | null {
  switch (effect.kind) {
    case 'deploy-staging':
      return { kind: 'stagingDeployed' };
    case 'run-tests':
      return { kind: 'testsPassed', checks: ['health'] };
    case 'deploy-production':
      return { kind: 'workloadReady', endpoint: 'http://gold-rush.test' };
    case 'run-preview':
      return { kind: 'previewPassed', checks: ['health'] };
    case 'stop-staging':
      return null;
    case 'retire-workload':
      return { kind: 'retired', version: effect.version };
  }
}

async function casinoWith(...plans: readonly Partial<ReleasePlan>[]): Promise<Casino> {
  const casino = new Casino();
  for (const plan of plans) casino.store.keep(queued(plan));
  return casino;
}

/** A casino with one canary in its first step. */
async function casinoInTraffic(plan: Partial<ReleasePlan> = {}): Promise<Casino> {
  const casino = await casinoWith(plan);
  await casino.settle();
  await casino.tell({ kind: 'migrationApplied', detail: 'none' });
  await casino.settle();
  return casino;
}

describe('a canary', () => {
  it('goes from the queue to its promotion', async () => {
    const casino = await casinoWith({});
    await casino.settle();
    expect(casino.phaseOf()).toBe('migrating');
    expect(casino.store.sent.map(({ kind }) => kind)).toEqual(['request-migration']);
    await casino.tell({ kind: 'migrationApplied', detail: 'none' });
    await casino.settle();
    expect(casino.weights()).toEqual([5]);

    for (const weight of [5, 50, 100]) {
      expect(casino.weights().at(-1)).toBe(weight);
      // Nobody deals by it yet.
      await casino.settle();
      expect(casino.weights().at(-1)).toBe(weight);
      casino.dealt(200);
      await casino.settle();
      casino.dealt(1_000);
      await casino.settle();
    }
    expect(casino.store.stable.get(GAME)).toBe('1.1.0');
    expect(casino.weights()).toEqual([5, 50, 100]);

    casino.telemetry.routed = casino.store.routingVersion;
    await casino.settle();
    expect(casino.store.get(ID).state.phase).toMatchObject({ kind: 'promoted', retired: true });
    expect(casino.performer.kinds).toEqual([
      'deploy-staging',
      'run-tests',
      'stop-staging',
      'deploy-production',
      'retire-workload',
    ]);
    expect(casino.performer.last.effect).toMatchObject({ version: '1.0.0' });
    expect(casino.store.undone(ID)).toEqual([]);
    expect(casino.observer.warnings).toEqual([]);
  });

  it('goes back to stable in the very pass that has read the evidence', async () => {
    const casino = await casinoInTraffic();
    casino.dealt(100);
    await casino.settle();
    casino.dealt(200, 80);
    await casino.passNow();
    expect(casino.store.eventsOf(ID)).toContain('rollout.rolled_back');
    expect(casino.weights()).toEqual([5, 0]);
    expect(casino.store.stable.get(GAME)).toBe('1.0.0');

    casino.telemetry.routed = casino.store.routingVersion;
    await casino.settle();
    expect(casino.store.get(ID).state.phase).toMatchObject({ kind: 'rolled-back', retired: true });
    expect(casino.performer.last.effect).toMatchObject({ kind: 'retire-workload', version: '1.1.0' });
    expect(casino.store.undone(ID)).toEqual([]);
  });

  it('goes on with another deployer after a crash, its evidence counted once', async () => {
    const casino = await casinoInTraffic();
    casino.dealt(100);
    await casino.settle();
    casino.dealt(40, 1);
    await casino.pass();
    casino.crash();
    for (let turn = 0; turn < 3; turn += 1) await casino.pass();
    expect(casino.observer.judgements.at(-1)?.[0]).toMatchObject({ trials: 140, failures: 1 });
    casino.dealt(1_000);
    await casino.settle();
    expect(casino.weights()).toEqual([5, 50]);
    expect(casino.performer.performances.map(({ fencingToken }) => fencingToken)).toEqual([1, 1, 1, 1]);
  });

  it('is performed again by the next deployer what the last one had under way, by a higher token', async () => {
    const casino = await casinoWith({});
    await casino.pass();
    casino.crash();
    await casino.pass();
    const [first, second] = casino.performer.performances;
    expect(second!.effect).toEqual(first!.effect);
    expect(second!.fencingToken).toBeGreaterThan(first!.fencingToken);
  });

  it('does not rise while no gateway reports, and is rolled back all the same', async () => {
    const casino = await casinoInTraffic();
    casino.dealt(100);
    await casino.settle();
    casino.dealt(1_000);
    casino.telemetry.routed = null;
    await casino.settle();
    expect(casino.weights()).toEqual([5]);
    casino.dealt(2_000, 1_000);
    casino.telemetry.routed = null;
    await casino.settle();
    expect(casino.weights()).toEqual([5, 0]);
  });

  it('gets no traffic in a freeze that has begun since anybody looked, and goes on after it', async () => {
    const casino = await casinoWith({});
    await casino.settle();
    await casino.tell({ kind: 'migrationApplied', detail: 'none' });
    await casino.pass();
    casino.freeze = { name: 'weekend', until: casino.clock.now() + 60_000 };
    await casino.succeed();
    await casino.passNow();
    expect(casino.phaseOf()).toBe('deploying');
    expect(casino.weights()).toEqual([]);
    casino.freeze = null;
    await casino.settle();
    expect(casino.weights()).toEqual([5]);
  });

  it('fails when its effect is given up, and what it leaves is cleared away', async () => {
    const casino = await casinoWith({});
    for (let attempt = 1; casino.phaseOf() !== 'failed'; attempt += 1) {
      expect(attempt).toBeLessThan(20);
      const before = casino.performer.performances.length;
      await casino.pass();
      if (casino.performer.performances.length > before) await casino.performer.last.fail('no such image');
    }
    await casino.settle();
    expect(casino.store.eventsOf(ID).at(-1)).toBe('release.failed');
    expect(casino.performer.last.effect.kind).toBe('stop-staging');
    expect(casino.store.undone(ID)).toEqual([]);
  });
});

describe('the loop', () => {
  it('wakes whoever turns it when an effect has ended', async () => {
    const casino = await casinoWith({});
    await casino.pass();
    await casino.succeed();
    expect(casino.wakes).toBe(1);
  });

  it('begins nothing beyond its room, and the next as soon as there is some', async () => {
    const casino = new Casino(2);
    const ids = [1, 2, 3].map(releaseId);
    for (const [index, id] of ids.entries())
      casino.store.keep(queued({ releaseId: id, game: `game-${index}` }));
    await casino.pass();
    expect(ids.map((id) => casino.phaseOf(id))).toEqual(['staging', 'staging', 'queued']);
    await casino.tell({ kind: 'command', command: 'abort', actor: 'anna', reason: 'enough' }, ids[0]);
    await casino.pass();
    expect(ids.map((id) => casino.phaseOf(id))).toEqual(['failed', 'staging', 'staging']);
  });

  it('does not let releases that wait for a module stand in the way of others, nor of that module', async () => {
    const casino = new Casino(1);
    const requires = [{ subject: 'acme/wallet' as SubjectId, range: '^2.0.0' }];
    const [game, wallet, other] = [releaseId(1), releaseId(2), releaseId(3)];
    casino.store.keep(queued({ requires }));
    casino.store.keep(queued({ releaseId: other, game: 'book-of-the-deep', requires }));
    casino.store.keep(queued({ releaseId: wallet, game: 'wallet', version: '2.0.0', stableVersion: null }));
    await casino.settle();
    expect(casino.store.eventsOf(game)).toEqual(['release.waiting']);
    await casino.tell({ kind: 'migrationApplied', detail: 'none' }, wallet);
    await casino.settle();
    expect(casino.store.stable.get('acme/wallet')).toBe('2.0.0');
    // Both could begin now, and there is room for one.
    expect([game, other].map((id) => casino.phaseOf(id))).toEqual(['migrating', 'queued']);
  });

  it('sends a way back past the canary that it ends, as soon as that has no traffic any more', async () => {
    const casino = await casinoInTraffic();
    const back = releaseId(2);
    casino.store.keep(
      queued({ releaseId: back, version: '0.9.0', strategy: 'rollback', steps: allAtOnceSteps() }),
    );
    await casino.pass();
    expect(casino.phaseOf()).toBe('rolled-back');
    await casino.pass();
    expect(casino.phaseOf(back)).toBe('deploying');
  });

  it('tells nothing by leases that have changed hands, and does all again when they come back', async () => {
    const casino = await casinoWith({});
    await casino.pass();
    await casino.succeed();
    const { partition } = casino.store.get(ID);
    casino.leases.hand(partition, 'two');
    await casino.passNow();
    await casino.pass();
    expect(casino.phaseOf()).toBe('staging');
    expect(casino.performer.performances).toHaveLength(1);
    casino.leases.hand(partition, 'one');
    await casino.settle();
    expect(casino.performer.performances[1]).toMatchObject({
      effect: { kind: 'deploy-staging' },
      fencingToken: 3,
    });
    expect(casino.phaseOf()).toBe('migrating');
  });

  it('stores an outcome later when it could not at once, having made sure of it again', async () => {
    const casino = await casinoWith({});
    await casino.pass();
    await casino.succeed();
    casino.store.poison(ID);
    await casino.pass();
    expect(casino.phaseOf()).toBe('staging');
    casino.store.heal();
    await casino.pass();
    await casino.succeed();
    await casino.pass();
    expect(casino.performer.kinds).toEqual(['deploy-staging', 'deploy-staging', 'run-tests']);
    expect(casino.phaseOf()).toBe('testing');
  });

  it('leaves what it has counted, and all of its leases, as it stops', async () => {
    const casino = await casinoInTraffic();
    casino.dealt(100);
    await casino.pass();
    await casino.stop();
    const { partition } = casino.store.get(ID);
    const saved = casino.telemetry.saves.filter((checkpoint) => checkpoint.partition === partition);
    expect(saved.at(-1)?.tallies[ID]?.rollout.requests).toBe(100);
    expect(await casino.leases.renew('two')).toHaveLength(PARTITIONS);
  });
});

import type { RoutingSnapshot, RoutingUpdate } from '@croupier/contracts';
import { deal } from '@croupier/routing';
import { Logger } from '@nestjs/common';
import { Metrics } from '@croupier/service-kit';
import { GatewayMetrics } from '../metrics/gateway-metrics';
import { TelemetryWindows } from '../telemetry/telemetry-windows';
import { CurrentRouting, type AppliedRouting } from './current-routing';
import { OwnDealing } from './dealers';
import { RoutingFollower } from './routing-follower';

type Answer = RoutingUpdate | Error | null;

/** Answers from a script, then stays silent as a long poll does. */
class ScriptedDeployer {
  readonly asked: number[] = [];

  constructor(private readonly script: Answer[]) {}

  async newerThan(version: number): Promise<RoutingUpdate | null> {
    this.asked.push(version);
    const answer = this.script.shift();
    if (answer === undefined) return new Promise(() => undefined);
    if (answer instanceof Error) throw answer;
    return answer;
  }
}

class MemoryRecorder {
  readonly recorded: AppliedRouting[] = [];

  constructor(private readonly kept: RoutingSnapshot | null) {}

  lastKnown = async (): Promise<RoutingSnapshot | null> => this.kept;
  record = (applied: AppliedRouting): void => void this.recorded.push(applied);
  settled = async (): Promise<void> => undefined;
}

const version = {
  version: '1.0.0',
  digest: 'a'.repeat(64),
  manifestUrl: 'http://provider.test/manifest.json',
  endpoint: 'http://game.test',
  markets: ['MT'],
};
const route = {
  provider: 'acme',
  game: 'slots',
  salt: 1,
  stable: version,
  canary: null,
  canaryBuckets: 0,
  marketBuckets: {},
  draining: [],
  fallbacks: [],
  revoked: [],
};

function snapshot(routingVersion: number, subjects = [route]): RoutingUpdate {
  return { routingVersion, since: null, subjects, gone: [] };
}

function change(routingVersion: number, since: number, change: Partial<RoutingUpdate> = {}): RoutingUpdate {
  return { routingVersion, since, subjects: [], gone: [], ...change };
}

describe('following the routing', () => {
  let follower: RoutingFollower;
  let routing: CurrentRouting;

  async function follow(script: Answer[], kept: RoutingSnapshot | null = null) {
    const polls = script.length + 1;
    const deployer = new ScriptedDeployer(script);
    const recorder = new MemoryRecorder(kept);
    routing = new CurrentRouting();
    const windows = new TelemetryWindows('3f0d8c1e-58c5-4b8e-9d8e-6f4f3a0f5c11', routing);
    const metrics = new GatewayMetrics(new Metrics('gateway'));
    const dealers = new OwnDealing(routing, windows, metrics);
    follower = new RoutingFollower(deployer as never, routing, dealers, recorder as never);
    await follower.onModuleInit();
    const coldStart = routing.applied;
    follower.onApplicationBootstrap();
    const deadline = performance.now() + 20_000;
    while (deployer.asked.length < polls && performance.now() < deadline)
      await new Promise((resolve) => setImmediate(resolve));
    return { deployer, recorder, coldStart };
  }

  beforeAll(() => {
    Logger.overrideLogger(false);
  });
  afterEach(() => follower.beforeApplicationShutdown());

  it('swaps to each newer snapshot, records it and asks for what comes after it', async () => {
    const { deployer, recorder } = await follow([snapshot(4), null, snapshot(5)]);
    expect(routing.version).toBe(5);
    expect(deployer.asked).toEqual([-1, 4, 4, 5]);
    expect(recorder.recorded.map((applied) => applied.snapshot.routingVersion)).toEqual([4, 5]);
  });

  it('stays on the last good snapshot while the deployer fails', async () => {
    await follow([snapshot(4), new Error('refused'), new Error('timed out')]);
    expect(routing.version).toBe(4);
  });

  it('stays on the last good snapshot when the next one cannot be used, and asks for all there is', async () => {
    const { deployer } = await follow([snapshot(4), snapshot(5, [route, route]), null]);
    expect(routing.version).toBe(4);
    expect(deployer.asked).toEqual([-1, 4, -1, -1]);
  });

  it('applies what has changed, and leaves the rest as it was', async () => {
    const other = { ...route, game: 'roulette' };
    const changed = { ...route, stable: { ...version, version: '1.1.0' } };
    const { recorder } = await follow([
      snapshot(4, [route, other]),
      change(6, 4, { subjects: [changed] }),
      change(7, 6, { gone: [{ provider: 'acme', game: 'roulette' }] }),
    ]);
    expect(recorder.recorded[1]?.snapshot.subjects).toEqual([changed, other]);
    expect(deal(recorder.recorded[1]!.table, 'acme', 'slots', 'ann', 'MT')).toMatchObject({
      version: { version: '1.1.0' },
    });
    expect(routing.applied?.snapshot).toEqual({ routingVersion: 7, subjects: [changed] });
    expect(deal(routing.table!, 'acme', 'roulette', 'ann', 'MT').kind).toBe('unknown-subject');
  });

  it('asks for all there is when the changes do not fit what it has', async () => {
    const { deployer } = await follow([snapshot(4), change(7, 6), snapshot(7)]);
    expect(deployer.asked).toEqual([-1, 4, -1, 7]);
    expect(routing.version).toBe(7);
  });

  it('deals by the kept snapshot on a cold start', async () => {
    const { coldStart } = await follow([new Error('refused')], snapshot(7));
    expect(coldStart).toMatchObject({ source: 'file', snapshot: { routingVersion: 7 } });
    expect(routing.version).toBe(7);
  });

  it('starts without routing when the kept snapshot cannot be used', async () => {
    const { coldStart } = await follow([snapshot(8)], snapshot(7, [route, route]));
    expect(coldStart).toBeNull();
    expect(routing.version).toBe(8);
  });

  it('never goes back to an older snapshot', async () => {
    await follow([snapshot(6)], snapshot(7));
    expect(routing.applied).toMatchObject({ source: 'file', snapshot: { routingVersion: 7 } });
  });
});

import type { RoutingSnapshot } from '@croupier/contracts';
import { deal } from '@croupier/routing';
import { Metrics } from '@croupier/service-kit';
import { Logger } from '@nestjs/common';
import { GatewayMetrics } from './metrics/gateway-metrics';
import { CurrentRouting, type AppliedRouting } from './routing/current-routing';
import { OwnDealing } from './routing/dealers';
import { RoutingFollower } from './routing/routing-follower';
import { pinOf, SessionTokens } from './sessions/session-tokens';
import { TelemetryReporter } from './telemetry/telemetry-reporter';
import { TelemetryWindows } from './telemetry/telemetry-windows';

const HOUR_MINUTES = 60;
const PLAYERS = Array.from({ length: 100 }, (_, index) => `player-${index}`);

function version(number: string) {
  const manifestUrl = 'http://provider.test/manifest.json';
  const endpoint = 'http://game.test';
  return { version: number, digest: 'a'.repeat(64), manifestUrl, endpoint, markets: ['MT'] };
}

const KEPT: RoutingSnapshot = {
  routingVersion: 7,
  subjects: [
    {
      provider: 'acme',
      game: 'slots',
      salt: 1,
      stable: version('1.0.0'),
      canary: version('1.1.0'),
      canaryBuckets: 5_000,
      marketBuckets: {},
      draining: [],
      fallbacks: [],
      revoked: [],
    },
  ],
};

const gone = (): Promise<never> => Promise.reject(new Error('nobody is there'));

describe('a gateway that nobody answers for an hour', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
    for (const level of ['warn', 'log', 'error'] as const)
      jest.spyOn(Logger.prototype, level).mockReturnValue(undefined);
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('deals each player as before, keeps their sessions open and every count', async () => {
    const routing = new CurrentRouting();
    const windows = new TelemetryWindows('3f0d8c1e-58c5-4b8e-9d8e-6f4f3a0f5c11', routing);
    const metrics = new GatewayMetrics(new Metrics('gateway'));
    const recorder = { lastKnown: async () => KEPT, record: (_: AppliedRouting) => undefined, settled: gone };
    const dealing = new OwnDealing(routing, windows, metrics);
    const follower = new RoutingFollower({ newerThan: gone } as never, routing, dealing, recorder as never);
    const addresses = { url: () => 'http://deployer.test' };
    const config = { serviceToken: 'token' };
    const reporter = new TelemetryReporter(
      windows,
      { postJson: gone } as never,
      addresses as never,
      config as never,
      metrics,
    );
    await follower.onModuleInit();
    follower.onApplicationBootstrap();
    reporter.onApplicationBootstrap();

    const tokens = new SessionTokens('a secret that has at least 32 bytes', 4 * 3_600);
    const dealt = () => {
      if (routing.table === null) throw new Error('nothing to deal by');
      const { table } = routing;
      return PLAYERS.map((player) => deal(table, 'acme', 'slots', player, 'MT'));
    };
    const before = dealt();
    const { token } = tokens.issue(
      { player: 'ann', market: 'MT', bucket: 0, chosen: false },
      pinOf({ provider: 'acme', game: 'slots', version: '1.0.0' }),
    );
    const served = before[0];
    if (served?.kind !== 'dealt') throw new Error('not dealt');
    for (let minute = 0; minute < HOUR_MINUTES; minute += 1) {
      windows.countLaunch(served, served.notes.columns.of.get('MT')!);
      await jest.advanceTimersByTimeAsync(60_000);
    }

    expect(dealt()).toEqual(before);
    expect(tokens.read(token).kind).toBe('open');
    let launches = 0;
    for (let due = windows.batch(); due.length > 0; due = windows.batch()) {
      for (const { counts } of due) for (const count of counts) launches += count.launches;
      windows.acknowledge();
    }
    expect(launches).toBe(HOUR_MINUTES);
    await follower.beforeApplicationShutdown().catch(() => undefined);
  });
});

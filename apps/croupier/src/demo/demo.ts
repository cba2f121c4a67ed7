import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ApiClient } from '../platform/api-client';
import { drawPorts } from '../platform/addresses';
import { startInOneProcess } from '../platform/one-process';
import type { Platform, Variables } from '../platform/platform';
import { startProcesses } from '../platform/process-per-service';
import { AlertsScene } from './alerts-scene';
import { Crowd } from './crowd';
import {
  DEMO_TIMING,
  FIRST_VERSION,
  GAME,
  PLAYERS,
  PROVIDER,
  REQUESTS_PER_SECOND,
  SHIPMENTS,
} from './demo-options';
import { FlagsScene, type FlagsOutcome } from './flags-scene';
import { playMarkets } from './markets-scene';
import type { Narrator } from './narrator';
import { outcomeOf, type DemoOutcome, type ShippedRelease } from './outcome';
import { DemoProvider } from './provider';
import { realParts } from './real-parts';
import { ReleaseWatch } from './release-watch';

const RELEASE_DEADLINE_MS = 150_000;
const TOLD_DEADLINE_MS = 30_000;

const ProviderCreated = z.object({ secret: z.string() });

/** What others report on the timeline after the traffic has moved. */
const REPORTS = {
  promoted: ['cache.invalidated'],
  'rolled-back': ['weight.confirmed', 'cache.invalidated'],
} as const;

/** Things to undo, newest first. */
type Undo = () => Promise<void>;

/** Plays provider, operator and 2,000 players against a platform of its own, and judges what it saw. */
export async function runDemo(
  options: { readonly real: boolean; readonly environment: Variables },
  narrator: Narrator,
): Promise<DemoOutcome> {
  const undo: Undo[] = [];
  try {
    return await play(options, narrator, undo);
  } finally {
    for (const step of undo.reverse()) await step().catch((error: Error) => narrator.say(error.message));
  }
}

async function play(
  { real, environment }: { readonly real: boolean; readonly environment: Variables },
  narrator: Narrator,
  undo: Undo[],
): Promise<DemoOutcome> {
  const startedAt = Date.now();
  const platform = await startPlatform(real, environment, narrator, undo);
  const api = new ApiClient(platform.operatorToken);
  const watch = new ReleaseWatch(api, platform.urls.deployer);
  const provider = await DemoProvider.start();
  undo.push(() => provider.stop());
  const created = await api.put(`${platform.urls.aggregator}/v1/providers/${PROVIDER}`, {});
  await provider.configure(platform.urls.aggregator, ProviderCreated.parse(created).secret);

  narrator.say(`${PROVIDER} ships ${GAME} ${FIRST_VERSION.version}, ${FIRST_VERSION.what}`);
  let accepted = (await provider.ship(FIRST_VERSION, 'game.added')) === 202 ? 1 : 0;
  await watch.untilFinal(FIRST_VERSION.version, RELEASE_DEADLINE_MS, (release) =>
    narrator.progress(release, undefined),
  );
  let stable = FIRST_VERSION.version;

  narrator.say(`${PLAYERS} players sit down: ${REQUESTS_PER_SECOND} requests/s in all`);
  const crowd = Crowd.start(platform.urls.gateway);
  undo.push(() => crowd.stop());
  await crowd.untilSteady();
  const markets = playMarkets({ platform, api, provider, narrator, undo });
  // Waited for at the end: until then a failure of it must not end the process.
  markets.catch(() => undefined);
  const scene = await FlagsScene.start(platform.urls.flags, api);
  undo.push(() => scene.stop());
  let flags: FlagsOutcome | null = null;
  const alerts = await AlertsScene.start(platform.urls.alerts, api);
  undo.push(() => alerts.stop());
  const shipped: ShippedRelease[] = [];
  for (const shipment of SHIPMENTS) {
    const { version } = shipment;
    narrator.say(`${PROVIDER} ships ${version}, ${shipment.what}`);
    if ((await provider.ship(shipment, 'game.updated')) === 202) accepted += 1;
    const release = await watch.untilFinal(version, RELEASE_DEADLINE_MS, (look) =>
      narrator.progress(look, crowd.seen(version)),
    );
    narrator.say(`  ${release.reason}`);
    if (release.status === 'promoted') {
      stable = version;
      flags = await scene.play(narrator);
    }
    const reports = release.status === 'failed' ? [] : REPORTS[release.status as keyof typeof REPORTS];
    const timeline = await watch.untilTold(release, reports, TOLD_DEADLINE_MS);
    if (release.status === 'rolled-back') await alerts.play(release, narrator);
    shipped.push({ release, timeline, chainVerifies: await watch.chainVerifies(release) });
  }
  const dealtByMarket = await markets;
  const summary = await crowd.finish();
  for (const sample of summary.droppedSamples) narrator.say(`  dropped: ${sample}`);
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  return outcomeOf(
    shipped,
    summary,
    { markets: dealtByMarket, flags, alerts: alerts.outcome },
    accepted,
    stable,
    seconds,
  );
}

async function startPlatform(
  real: boolean,
  environment: Variables,
  narrator: Narrator,
  undo: Undo[],
): Promise<Platform> {
  const stateDirectory = join(process.cwd(), '.croupier', real ? 'demo-real' : 'demo');
  await rm(stateDirectory, { recursive: true, force: true });
  const ports = await drawPorts();
  narrator.say(
    real ? 'Starting one process a service' : 'Starting all services in one process, on embedded PostgreSQL',
  );
  let variables: Variables = { LOG_LEVEL: 'warn', ...DEMO_TIMING };
  if (real) {
    const parts = await realParts(environment);
    undo.push(() => parts.clear());
    variables = { ...variables, ...parts.variables };
  }
  const start = real ? startProcesses : startInOneProcess;
  const platform = await start({ stateDirectory, ports, variables });
  undo.push(() => platform.stop());
  narrator.say(`The gateway deals at ${platform.urls.gateway}`);
  return platform;
}

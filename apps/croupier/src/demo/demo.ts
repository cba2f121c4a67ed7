import { z } from 'zod';
import { ApiClient, ApiRefusal } from '../platform/api-client';
import type { Platform, Variables } from '../platform/platform';
import { AlertsScene } from './alerts-scene';
import { Crowd } from './crowd';
import { FIRST_VERSION, GAME, PLAYERS, PROVIDER, REQUESTS_PER_SECOND, SHIPMENTS } from './demo-options';
import { demoPlatform, type Ground } from './demo-platform';
import { FlagsScene, type FlagsOutcome } from './flags-scene';
import { playMarkets } from './markets-scene';
import type { Narrator } from './narrator';
import { outcomeOf, type DemoOutcome, type ShippedRelease } from './outcome';
import { placeOf } from './place';
import { DemoProvider } from './provider';
import { ReleaseWatch } from './release-watch';
import type { Undo } from './undo';

const RELEASE_DEADLINE_MS = 240_000;
const TOLD_DEADLINE_MS = 30_000;

const ProviderCreated = z.object({ secret: z.string() });

/** What others report on the timeline after the traffic has moved. */
const REPORTS = {
  promoted: ['cache.invalidated'],
  'rolled-back': ['weight.confirmed', 'cache.invalidated'],
} as const;

interface DemoOptions {
  readonly ground: Ground;
  readonly environment: Variables;
}

/** Plays provider, operator and 2,000 players, and judges what it saw. */
export async function runDemo(options: DemoOptions, narrator: Narrator): Promise<DemoOutcome> {
  const undo: Undo[] = [];
  try {
    return await play(options, narrator, undo);
  } finally {
    for (const step of undo.reverse()) await step().catch((error: Error) => narrator.say(error.message));
  }
}

async function play(
  { ground, environment }: DemoOptions,
  narrator: Narrator,
  undo: Undo[],
): Promise<DemoOutcome> {
  const startedAt = Date.now();
  const place = placeOf(ground.kind === 'running' ? ground.reachedAs : undefined);
  const platform = await demoPlatform(ground, environment, narrator, undo);
  const api = new ApiClient(platform.operatorToken);
  const watch = new ReleaseWatch(api, platform.urls.deployer);
  const provider = await DemoProvider.start(place);
  undo.push(() => provider.stop());
  await introduceProvider(provider, api, platform);

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
  const alerts = await AlertsScene.start(platform.urls.alerts, api, place);
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
    if (release.status === 'rolled-back') alerts.play(release, narrator);
    shipped.push({ release, timeline, chainVerifies: await watch.chainVerifies(release) });
  }
  const dealtByMarket = await markets;
  const summary = await crowd.finish();
  for (const sample of summary.droppedSamples) narrator.say(`  dropped: ${sample}`);
  const told = await alerts.finish();
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  return outcomeOf(shipped, summary, { markets: dealtByMarket, flags, ...told }, accepted, stable, seconds);
}

/** @throws where the demo has been before: its versions are known there, and would not be dealt anew */
async function introduceProvider(
  provider: DemoProvider,
  api: ApiClient,
  { urls: { aggregator } }: Platform,
): Promise<void> {
  const url = `${aggregator}/v1/providers/${PROVIDER}`;
  const known = await api.get(url).then(
    () => true,
    (error: unknown) => {
      if (error instanceof ApiRefusal && error.status === 404) return false;
      throw error;
    },
  );
  if (known) throw new Error(`${url} is known: the demo needs a platform that it has not been played on.`);
  await provider.configure(aggregator, ProviderCreated.parse(await api.put(url, {})).secret);
}

import { setTimeout as delay } from 'node:timers/promises';
import { Launch } from '@croupier/contracts';
import type { ApiClient } from '../platform/api-client';
import type { Platform } from '../platform/platform';
import { Crowd, type Party } from './crowd';
import { PROVIDER } from './demo-options';
import type { Narrator } from './narrator';
import type { DemoProvider } from './provider';
import { ReleaseWatch } from './release-watch';
import type { Undo } from './undo';

/** Side by side: certified in the first market only, and not in the second, where a certificate is required. */
const CERTIFIED = 'MT';
const UNCERTIFIED = 'SE';
const MARKETS = [CERTIFIED, UNCERTIFIED];

const GAME = 'northern-lights';
const FIRST = '1.0.0';
const NEXT = '1.1.0';
const PARTY: Party = { game: GAME, players: 120, rate: 60, markets: MARKETS };

const DEADLINE_MS = 240_000;
const LOOK_EVERY_MS = 250;
const CALL_TIMEOUT_MS = 5_000;
/** New players who ask for the game in each market, each time somebody looks. */
const ASKING = 3;

/** Two steps: with few players, five would take the demo a minute longer. */
const POLICY = {
  reason: 'few players, few steps',
  scope: { subject: `${PROVIDER}/${GAME}` },
  rules: { automation: { kind: 'auto' }, strategy: { kind: 'canary', weights: [50, 100] } },
};

/** What new players got, by market. */
export interface MarketsOutcome {
  readonly version: string;
  readonly certifiedIn: string;
  readonly notCertifiedIn: string;
  /** Launches of the new version where it is certified, and where it is not. */
  readonly launches: Readonly<Record<string, number>>;
  /** What each market is dealt at the end. */
  readonly dealt: Readonly<Record<string, string>>;
  readonly asCertified: boolean;
}

interface Stage {
  readonly platform: Platform;
  readonly api: ApiClient;
  readonly provider: DemoProvider;
  readonly narrator: Narrator;
  readonly undo: Undo[];
}

/** A new version of a second game is certified in one of its two markets: it is dealt there, and nowhere else. */
export async function playMarkets({
  platform,
  api,
  provider,
  narrator,
  undo,
}: Stage): Promise<MarketsOutcome> {
  const { registry, deployer, gateway } = platform.urls;
  const watch = new ReleaseWatch(api, deployer, GAME);
  const shelf = { game: GAME, markets: MARKETS };
  await createPolicy(`${deployer}/v1/policies/${GAME}`, platform.operatorToken);
  const rule = { certification: 'required', reason: 'the regulator asks for a certificate' };
  await api.put(`${registry}/v1/markets/${UNCERTIFIED}`, rule);

  narrator.say(`${GAME} ${FIRST} is certified in ${MARKETS.join(' and ')}`);
  await provider.ship({ version: FIRST, release: {} }, 'game.added', shelf);
  await provider.certify(GAME, FIRST, MARKETS);
  await until(
    async () => {
      const dealt = await dealtIn(gateway, 'first');
      return MARKETS.every((market) => dealt[market] === FIRST);
    },
    `${FIRST} is not dealt in ${MARKETS.join(' and ')}`,
  );

  const crowd = Crowd.start(gateway, PARTY);
  undo.push(() => crowd.stop());
  await crowd.untilSteady();
  narrator.say(`${GAME} ${NEXT} is certified in ${CERTIFIED}, and not in ${UNCERTIFIED}`);
  await provider.ship({ version: NEXT, release: {} }, 'game.updated', shelf);
  await provider.certify(GAME, NEXT, [CERTIFIED]);
  const launches: Record<string, number> = { [CERTIFIED]: 0, [UNCERTIFIED]: 0 };
  const asked = { count: 0 };
  await until(async () => {
    for (let each = 0; each < ASKING; each += 1) {
      asked.count += 1;
      const dealt = await dealtIn(gateway, `visitor-${asked.count}`);
      for (const market of MARKETS) if (dealt[market] === NEXT) launches[market]! += 1;
    }
    return (await watch.find(NEXT))?.status === 'promoted';
  }, `${GAME} ${NEXT} is not promoted`);
  // Every player of the certified market has the new version once the gateway has heard of the promotion.
  await until(
    async () => (await dealtIn(gateway, 'last'))[CERTIFIED] === NEXT,
    `${NEXT} is not dealt in ${CERTIFIED}`,
  );
  const dealt = await dealtIn(gateway, 'last');
  const { droppedRequests, sessionsMoved } = await crowd.finish();
  narrator.say(
    `  ${GAME}: ${MARKETS.map((market) => `${market} is dealt ${dealt[market]}`).join(', ')}; ` +
      `${launches[UNCERTIFIED]} of ${asked.count} visitors in ${UNCERTIFIED} got ${NEXT}`,
  );
  const asCertified =
    dealt[CERTIFIED] === NEXT &&
    dealt[UNCERTIFIED] === FIRST &&
    launches[CERTIFIED]! > 0 &&
    launches[UNCERTIFIED] === 0 &&
    droppedRequests === 0 &&
    sessionsMoved === 0;
  const where = { certifiedIn: CERTIFIED, notCertifiedIn: UNCERTIFIED };
  return { version: NEXT, ...where, launches, dealt, asCertified };
}

async function createPolicy(url: string, token: string): Promise<void> {
  const answer = await fetch(url, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'if-none-match': '*',
    },
    body: JSON.stringify(POLICY),
    signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
  });
  if (!answer.ok) throw new Error(`PUT ${url} answered ${answer.status}: ${await answer.text()}`);
}

/** The version that the player gets in each market; `none` where there is none. */
async function dealtIn(gateway: string, player: string): Promise<Record<string, string>> {
  const dealt = MARKETS.map(async (market): Promise<[string, string]> => {
    const answer = await fetch(`${gateway}/v1/launch/${PROVIDER}/${GAME}?player=${player}&market=${market}`, {
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    const body: unknown = await answer.json();
    return [market, answer.ok ? Launch.parse(body).version : 'none'];
  });
  return Object.fromEntries(await Promise.all(dealt));
}

async function until(reached: () => Promise<boolean>, otherwise: string): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await reached())) {
    if (Date.now() > deadline) throw new Error(`${otherwise} after ${DEADLINE_MS / 1000} s`);
    await delay(LOOK_EVERY_MS);
  }
}

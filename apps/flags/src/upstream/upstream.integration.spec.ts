import { isDeepStrictEqual } from 'node:util';
import { eventually, startUnleash, type RunningUnleash } from '@croupier/testing';
import type { Unleash } from 'unleash-client';
import { connectedSdk, destroySdk } from '../../test/sdk';
import { ordersOf, specifications, type Feature, type Specification } from '../../test/specification';
import { REASON, TestFlags } from '../../test/test-flags';

const START_DEADLINE_MS = 180_000;
const SEEN = { timeoutMs: 20_000 };

/** What a server of version 6 knows of; the specification has operators that came later. */
const OPERATORS = /^(NOT_)?IN$|^STR_|^NUM_|^DATE_|^SEMVER_(EQ|GT|LT)$/;

interface Constraint {
  readonly operator: string;
  readonly values?: readonly string[];
  readonly value?: string;
}

function lacksOperand({ operator, values = [], value = '' }: Constraint): boolean {
  if (operator.startsWith('SEMVER_')) return value.startsWith('v');
  return /^(NOT_)?IN$|^STR_/.test(operator) && values.length === 0;
}

interface Variant {
  readonly weight: number;
}

/** The server makes thousandths of all others, by which other players get other variants. */
function isInThousandths(variants: readonly Variant[]): boolean {
  return variants.length < 2 || variants.reduce((sum, { weight }) => sum + weight, 0) === 1_000;
}

/** The last one gets what the fixed ones leave. */
function withWeightTypes(variants: readonly object[]): object[] {
  const typeOf = (index: number): string => (index < variants.length - 1 ? 'fix' : 'variable');
  return variants.map((variant, index) => ({ stickiness: 'default', ...variant, weightType: typeOf(index) }));
}

const REASONS = [
  'a constraint without what it compares with',
  'a name that is not URL-friendly',
  'a parent that does not exist',
  'a segment that does not exist',
  'an operator of a later version',
  'variants that are not weighed in thousandths',
];

/** Strategies that version 6 no longer comes with, and that SDKs still evaluate. */
const DEPRECATED = ['gradualRolloutUserId', 'gradualRolloutSessionId', 'gradualRolloutRandom'];

/** Why the server itself does not take a flag of the specification; null for all others, which have to pass. */
function reasonAgainst(
  feature: Feature,
  names: ReadonlySet<string>,
  segments: ReadonlySet<number>,
): string | null {
  const { name, dependencies = [], strategies = [] } = feature;
  const constraints = strategies.flatMap(
    (strategy) => (strategy['constraints'] ?? []) as { operator: string }[],
  );
  const ids = strategies.flatMap((strategy) => (strategy['segments'] ?? []) as number[]);
  const parents = dependencies as readonly { readonly feature: string }[];
  const weighted = [feature.variants ?? [], ...strategies.map((strategy) => strategy['variants'] ?? [])];
  if (!(weighted as Variant[][]).every(isInThousandths))
    return 'variants that are not weighed in thousandths';
  if (constraints.some(lacksOperand)) return 'a constraint without what it compares with';
  if (encodeURIComponent(name) !== name) return 'a name that is not URL-friendly';
  if (!constraints.every(({ operator }) => OPERATORS.test(operator))) return 'an operator of a later version';
  if (!ids.every((id) => segments.has(id))) return 'a segment that does not exist';
  if (!parents.every((parent) => names.has(parent.feature))) return 'a parent that does not exist';
  return null;
}

describe('a real Unleash server behind the flags service', () => {
  let unleash: RunningUnleash;
  let flags: TestFlags;
  let sdk: Unleash;
  let cookie: string;
  const segmentNames = new Map<number, string>();

  beforeAll(async () => {
    unleash = await startUnleash();
    cookie = await unleash.signIn();
    flags = await TestFlags.start(upstream());
    sdk = await connectedSdk(flags.url, { experimentalMode: { type: 'streaming' } });
  }, START_DEADLINE_MS);
  afterAll(async () => {
    destroySdk(sdk);
    await flags.stop();
    await unleash.stop();
  });

  const upstream = () => ({
    UNLEASH_URL: unleash.url,
    UNLEASH_ADMIN_TOKEN: unleash.adminToken,
    UNLEASH_POLL_MS: '200',
  });

  async function admin(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`${unleash.url}/api/admin${path}`, {
      method,
      headers: { cookie, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.headers.get('content-type')?.includes('json') ? answer.json() : undefined;
  }

  const feature = '/projects/default/features';

  it('shows what is switched there to the SDKs of ours', async () => {
    await admin('POST', feature, { name: 'theirs', type: 'release' });
    const place = `${feature}/theirs/environments/development`;
    await admin('POST', `${place}/strategies`, { name: 'default', parameters: {}, constraints: [] });
    await admin('POST', `${place}/on`);
    await eventually(() => sdk.isEnabled('theirs'), SEEN);
    await admin('POST', `${place}/off`);
    await eventually(() => !sdk.isEnabled('theirs'), SEEN);
    const { body } = await flags.as('ann', 'get', '/v1/flags').expect(200);
    expect(body.items.map(({ name }: { name: string }) => name)).toContain('theirs');
  });

  it('shows what is switched through ours to its own SDKs, and to ours', async () => {
    const theirs = await connectedSdk(unleash.url, {
      customHeaders: { Authorization: unleash.clientToken('development') },
    });
    await flags.put('ours', { enabled: true, description: 'made through ours' }).expect(200);
    for (const each of [sdk, theirs]) await eventually(() => each.isEnabled('ours'), SEEN);
    await flags.put('ours', { enabled: false }).expect(200);
    for (const each of [sdk, theirs]) await eventually(() => !each.isEnabled('ours'), SEEN);
    destroySdk(theirs);
    const { body } = await flags.as('ann', 'get', '/v1/flags/ours/history').expect(200);
    expect(body.items[0]).toMatchObject({
      before: { environments: { development: { enabled: true } } },
      after: { environments: { development: { enabled: false } } },
    });
  });

  it('is asked for the state that a kill and a revival start from', async () => {
    await flags.put('deadly', { enabled: true }).expect(200);
    await flags.as('ann', 'post', '/v1/flags/deadly/kill').send({ reason: REASON }).expect(200);
    await eventually(async () => (await flags.enabled('deadly')) === false);
    await flags.as('ann', 'post', '/v1/flags/deadly/revive').send({ reason: REASON }).expect(200);
    expect(await flags.enabled('deadly')).toBe(true);
  });

  it(
    "passes Unleash's client specification through ours, but for flags that it does not take itself",
    async () => {
      await flags.put('loaded', { enabled: false }).expect(200);
      const refused = new Map<string, string>();
      for (const name of DEPRECATED) await admin('POST', '/strategies', { name, parameters: [] });
      for (const specification of specifications()) await load(specification, refused);
      await flags.put('loaded', { enabled: true }).expect(200);
      await eventually(() => sdk.isEnabled('loaded'), SEEN);

      const wrong: object[] = [];
      let passed = 0;
      for (const { name, tests, variantTests } of specifications()) {
        for (const { toggleName, context, description, expectedResult } of tests) {
          if (refused.has(toggleName)) continue;
          if (sdk.isEnabled(toggleName, context) === expectedResult) passed += 1;
          else wrong.push({ name, description, expectedResult });
        }
        for (const { toggleName, context, description, expectedResult } of variantTests) {
          if (refused.has(toggleName)) continue;
          const { featureEnabled: _, ...variant } = sdk.getVariant(toggleName, context);
          if (isDeepStrictEqual(variant, expectedResult)) passed += 1;
          else wrong.push({ name, description, expectedResult, variant });
        }
      }
      expect(wrong).toEqual([]);
      expect(passed).toBeGreaterThan(180);
      expect([...new Set(refused.values())].sort()).toEqual(REASONS);
    },
    START_DEADLINE_MS,
  );

  it(
    'may be away: SDKs keep their flags, also after a restart of ours, and a change is refused',
    async () => {
      await unleash.crash();
      await flags.stopService();
      await flags.startAgain();
      const late = await connectedSdk(flags.url);
      expect(late.isEnabled('loaded')).toBe(true);
      destroySdk(late);
      await flags
        .put('loaded', { enabled: false })
        .expect(({ status }) => expect(status).toBeGreaterThan(499));
      await unleash.restart();
      await eventually(async () => (await flags.put('loaded', { enabled: false })).status === 200, SEEN);
      await eventually(() => !sdk.isEnabled('loaded'), { timeoutMs: 30_000 });
    },
    START_DEADLINE_MS,
  );

  /** By the server's own import, a specification at a time. */
  async function load({ instructions, name }: Specification, refused: Map<string, string>): Promise<void> {
    const segmentIds = new Map<number, number>();
    const features = new Map<string, Feature>();
    for (const instruction of instructions) {
      if (instruction.kind === 'remove') features.delete(instruction.name);
      if (instruction.kind === 'feature') features.set(instruction.feature.name, instruction.feature);
      if (instruction.kind !== 'segment') continue;
      const { id, constraints } = instruction.segment;
      const { body } = await flags
        .as('ann', 'put', `/v1/flag-segments/${name}-${id}`)
        .send({ constraints, reason: REASON })
        .expect(200);
      segmentIds.set(id, (body as { id: number }).id);
      segmentNames.set((body as { id: number }).id, `${name}-${id}`);
    }
    const taken = [...features.values()].filter((feature) => {
      const reason = reasonAgainst(feature, new Set(features.keys()), new Set(segmentIds.keys()));
      if (reason !== null) refused.set(feature.name, reason);
      return reason === null;
    });
    await imported(taken, segmentIds);
  }

  async function imported(
    features: readonly Feature[],
    segmentIds: ReadonlyMap<number, number>,
  ): Promise<void> {
    const orders = features.map((feature) => ({ name: feature.name, ...ordersOf(feature, segmentIds) }));
    const data = {
      features: features.map(({ name }) => ({ name, type: 'release', project: 'default' })),
      featureStrategies: orders.flatMap(({ name: featureName, settings: { strategies } }) =>
        strategies.map((strategy, sortOrder) => ({
          ...strategy,
          parameters: textsOf(strategy.parameters),
          variants: withWeightTypes(strategy.variants ?? []),
          featureName,
          sortOrder,
        })),
      ),
      featureEnvironments: orders.map(({ name, settings: { enabled, variants } }) => ({
        name,
        featureName: name,
        environment: 'development',
        enabled,
        variants: withWeightTypes(variants),
      })),
      contextFields: [...new Set(orders.flatMap(fieldsOf))].map((name) => ({ name })),
      dependencies: orders.flatMap(({ name: feature, flag: { dependencies } }) =>
        dependencies.length === 0 ? [] : [{ feature, dependencies }],
      ),
      segments: [...segmentIds.values()].map((id) => ({ id, name: segmentNames.get(id)! })),
      tagTypes: [],
    };
    await admin('POST', '/features-batch/import', {
      project: 'default',
      environment: 'development',
      data,
    });
  }
});

function fieldsOf({ settings }: ReturnType<typeof ordersOf>): string[] {
  return settings.strategies.flatMap(({ constraints = [] }) =>
    (constraints as { contextName: string }[]).map(({ contextName }) => contextName),
  );
}

function textsOf(parameters: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
}

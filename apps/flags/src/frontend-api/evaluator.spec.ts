import fc from 'fast-check';
import { InMemStorageProvider, Unleash } from 'unleash-client';
import type { ClientFeature, ClientStrategy } from '../live/client-feature';
import { Snapshot } from '../live/snapshot';
import { Evaluator } from './evaluator';

const IN_MALTA: ClientStrategy['constraints'] = [
  { contextName: 'market', operator: 'IN', values: ['MT'], inverted: false, caseInsensitive: false },
];

const strategy: fc.Arbitrary<ClientStrategy> = fc.oneof(
  fc.constant({ name: 'default', parameters: {} }),
  fc.record({
    name: fc.constant('flexibleRollout'),
    parameters: fc.record({
      rollout: fc.constantFrom('0', '50', '100', 'all of them'),
      stickiness: fc.constantFrom('default', 'userId', 'market'),
      groupId: fc.constant('group'),
    }),
    constraints: fc.constantFrom([], IN_MALTA),
  }),
  fc.constant({ name: 'unheard-of', parameters: {} }),
);

const features = fc
  .array(fc.tuple(fc.boolean(), fc.array(strategy, { maxLength: 3 }), fc.boolean()), { maxLength: 8 })
  .map((drawn) =>
    drawn.map(([enabled, strategies, hasVariants], index): ClientFeature => ({
      name: `flag-${index}`,
      type: 'release',
      enabled,
      stale: false,
      impressionData: false,
      project: 'default',
      strategies,
      variants: hasVariants
        ? [
            { name: 'a', weight: 500 },
            { name: 'b', weight: 500 },
          ]
        : [],
      ...(index > 0 && hasVariants
        ? { dependencies: [{ feature: 'flag-0', enabled: true, variants: [] }] }
        : {}),
    })),
  );

const contexts = fc.record({
  userId: fc.constantFrom('ann', 'bob', 'cem'),
  sessionId: fc.constant('one'),
  properties: fc.constantFrom({ market: 'MT' }, { market: 'GB' }),
});

describe('the answer to a frontend', () => {
  it("has exactly what Unleash's SDK turns on for the context, in the SDK's variants", async () => {
    await fc.assert(
      fc.asyncProperty(
        features,
        fc.array(contexts, { minLength: 1, maxLength: 4 }),
        async (flags, askers) => {
          const snapshot = new Snapshot('production', 1, new Map(flags.map((f) => [f.name, f])), new Map());
          const evaluator = new Evaluator(snapshot);
          const sdk = await sdkWith(flags);
          for (const context of askers) {
            const expected = flags.flatMap(({ name }) => {
              const variant = sdk.getVariant(name, context);
              return sdk.isEnabled(name, context)
                ? [{ name, enabled: true, variant, impressionData: false }]
                : [];
            });
            expect(JSON.parse(evaluator.answer(context))).toEqual({ toggles: expected });
          }
          sdk.destroy();
        },
      ),
      { numRuns: 60 },
    );
  });
});

async function sdkWith(flags: readonly ClientFeature[]): Promise<Unleash> {
  const sdk = new Unleash({
    url: 'http://127.0.0.1:1/api',
    appName: 'test',
    environment: 'production',
    refreshInterval: 0,
    disableMetrics: true,
    storageProvider: new InMemStorageProvider(),
    skipInstanceCountWarning: true,
    bootstrap: { data: flags as never },
  });
  // Bootstrap data without flags does not make the SDK ready.
  if (flags.length > 0) await new Promise((resolve) => sdk.once('ready', resolve));
  return sdk;
}

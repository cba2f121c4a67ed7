import type { Unleash } from 'unleash-client';
import { eventually } from '@croupier/testing';
import { connectedSdk, destroySdk } from '../../test/sdk';
import { ordersOf, specifications, type Specification } from '../../test/specification';
import { REASON, TestFlags } from '../../test/test-flags';

const MODES = [
  ['polling', { type: 'polling', format: 'full' }],
  ['delta', { type: 'polling', format: 'delta' }],
  ['streaming', { type: 'streaming' }],
] as const;

/** Has a constraint with an operator that no SDK knows. */
const UNKNOWN_OPERATOR = 'F7.invalid-operator';

describe("Unleash's client specification, through the operators' API and the SDK", () => {
  let flags: TestFlags;
  const sdks: Unleash[] = [];

  beforeAll(async () => {
    flags = await TestFlags.start();
    for (const [, experimentalMode] of MODES) sdks.push(await connectedSdk(flags.url, { experimentalMode }));
  });
  afterAll(async () => {
    for (const sdk of sdks) destroySdk(sdk);
    await flags.stop();
  });

  it('is all there', () => {
    expect(specifications().length).toBeGreaterThanOrEqual(22);
  });

  it.each(specifications().map((specification) => [specification.name, specification] as const))(
    '%s',
    async (_, specification) => {
      const names = await load(specification);
      for (const [index, [mode]] of MODES.entries()) await checkSdk(sdks[index]!, mode, specification);
      for (const name of names) await flags.archive(name).expect(204);
    },
  );

  async function load({ instructions, name }: Specification): Promise<Set<string>> {
    const names = new Set<string>();
    const segmentIds = new Map<number, number>();
    for (const instruction of instructions)
      switch (instruction.kind) {
        case 'segment': {
          const { id, constraints } = instruction.segment;
          const { body } = await flags
            .as('ann', 'put', `/v1/flag-segments/${name}-${id}`)
            .send({ constraints, reason: REASON })
            .expect(200);
          segmentIds.set(id, (body as { id: number }).id);
          break;
        }
        case 'feature': {
          const { feature } = instruction;
          const orders = ordersOf(feature, segmentIds);
          if (orders.flag.dependencies.length > 0)
            await flags.put(feature.name, { dependencies: orders.flag.dependencies }).expect(200);
          const answer = await flags.set(feature.name, 'development', orders.settings);
          if (feature.name === UNKNOWN_OPERATOR) {
            // Refused where it is written. To the SDK the flag is unknown, and off, which is what the test expects.
            expect(answer.body).toMatchObject({
              status: 422,
              errors: [{ field: 'strategies.0.constraints.0.operator' }],
            });
            break;
          }
          expect(answer.status).toBe(200);
          names.add(feature.name);
          break;
        }
        case 'remove':
          await flags.archive(instruction.name).expect(204);
          names.delete(instruction.name);
          break;
        default:
          instruction satisfies never;
      }
    // The last one that was loaded, so that whoever has it has all of them.
    await flags.put(`loaded-${name}`, { enabled: true }).expect(200);
    return names.add(`loaded-${name}`);
  }

  async function checkSdk(
    sdk: Unleash,
    mode: string,
    { name, tests, variantTests }: Specification,
  ): Promise<void> {
    await eventually(() => sdk.isEnabled(`loaded-${name}`));
    const seen = tests.map(({ description, toggleName, context }) => ({
      mode,
      description,
      result: sdk.isEnabled(toggleName, context),
    }));
    expect(seen).toEqual(
      tests.map(({ description, expectedResult }) => ({ mode, description, result: expectedResult })),
    );
    const variants = variantTests.map(({ description, toggleName, context }) => {
      const { featureEnabled: _, ...variant } = sdk.getVariant(toggleName, context);
      return { mode, description, variant };
    });
    expect(variants).toEqual(
      variantTests.map(({ description, expectedResult }) => ({ mode, description, variant: expectedResult })),
    );
  }
});

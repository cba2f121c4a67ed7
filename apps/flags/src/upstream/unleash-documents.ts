import {
  FlagConstraint,
  FlagDependency,
  FlagDocument,
  FlagStrategy,
  FlagType,
  FlagVariant,
  SegmentDocument,
} from '@croupier/contracts';
import { z } from 'zod';
import type { ClientFeature } from '../live/client-feature';

/** Unleash's own members that are not ours are left out; ours are checked. */
const orUndefined = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform((value) => value ?? undefined);
const orEmpty = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .array(schema)
    .nullish()
    .transform((items) => items ?? []);

const Constraint = z.object({
  ...FlagConstraint.shape,
  value: orUndefined(FlagConstraint.shape.value.unwrap()),
});
const Variant = z.object({
  ...FlagVariant.shape,
  payload: orUndefined(z.object(FlagVariant.shape.payload.unwrap().shape)),
  overrides: orUndefined(FlagVariant.shape.overrides.unwrap()),
});
const Strategy = z.object({
  ...FlagStrategy.shape,
  title: orUndefined(FlagStrategy.shape.title.unwrap()),
  disabled: orUndefined(FlagStrategy.shape.disabled.unwrap()),
  constraints: orEmpty(Constraint),
  variants: orEmpty(Variant),
});

const Feature = z.object({
  type: FlagType.catch('release'),
  description: z
    .string()
    .nullish()
    .transform((text) => text ?? ''),
  impressionData: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
  stale: z.boolean().default(false),
  dependencies: orEmpty(z.object(FlagDependency.shape)),
});

/** A flag of Unleash's admin API (`GET /api/admin/projects/{project}/features/{name}`). */
const AdminFeature = Feature.extend({
  archived: z.boolean().default(false),
  environments: z.array(
    z.object({
      name: z.string(),
      enabled: z.boolean(),
      strategies: orEmpty(Strategy.extend({ id: z.string() })),
      variants: orEmpty(Variant),
    }),
  ),
});
export type AdminFeature = z.infer<typeof AdminFeature>;

export function parseAdminFeature(answer: unknown): AdminFeature {
  return AdminFeature.parse(answer);
}

/** Null of one that is archived, which SDKs do not see. */
export function flagDocumentOf({ archived, environments, ...flag }: AdminFeature): FlagDocument | null {
  if (archived) return null;
  return FlagDocument.parse({
    ...flag,
    environments: Object.fromEntries(
      environments.map(({ name, enabled, strategies, variants }) => [
        name,
        { enabled, strategies: strategies.map(({ id: _, ...strategy }) => strategy), variants },
      ]),
    ),
  });
}

/** The same as far as SDKs are told. */
export function flagDocumentOfFeatures(byEnvironment: ReadonlyMap<string, ClientFeature>): FlagDocument {
  const [first] = byEnvironment.values();
  const environments = [...byEnvironment].map(([name, { enabled, strategies, variants }]) => [
    name,
    { enabled, strategies: orEmpty(Strategy).parse(strategies), variants: orEmpty(Variant).parse(variants) },
  ]);
  const settings: unknown = Object.fromEntries(environments);
  return FlagDocument.parse({ ...Feature.parse(first), environments: settings });
}

const AdminSegment = z.object({
  id: z.int(),
  name: z.string(),
  description: z
    .string()
    .nullish()
    .transform((text) => text ?? ''),
  constraints: orEmpty(Constraint),
});
export const AdminSegments = z.object({ segments: z.array(AdminSegment) });

export function segmentDocumentOf({ name: _, ...segment }: z.infer<typeof AdminSegment>): SegmentDocument {
  return SegmentDocument.parse(segment);
}

import { z } from 'zod';
import type { ClientFeature, ClientSegment } from '../live/client-feature';

const list = z
  .array(z.unknown())
  .nullish()
  .transform((items) => items ?? []);

/** What `/api/client/features` of an Unleash server answers. Its SDKs read the rest of it; so do ours. */
const ClientFeatures = z.looseObject({
  features: z.array(
    z.looseObject({
      name: z.string(),
      enabled: z.boolean(),
      type: z.string().default('release'),
      project: z.string().default('default'),
      stale: z.boolean().default(false),
      impressionData: z
        .boolean()
        .nullish()
        .transform((value) => value ?? false),
      strategies: list,
      variants: list,
    }),
  ),
  segments: z.array(z.looseObject({ id: z.number(), constraints: list })).default([]),
  meta: z.looseObject({ revisionId: z.int(), etag: z.string() }),
});
export type ClientFeatures = z.infer<typeof ClientFeatures>;

export function parseClientFeatures(body: unknown): ClientFeatures {
  return ClientFeatures.parse(body);
}

export function featuresOf({ features }: ClientFeatures): Map<string, ClientFeature> {
  return new Map(features.map((feature) => [feature.name, feature as unknown as ClientFeature]));
}

export function segmentsOf({ segments }: ClientFeatures): Map<number, ClientSegment> {
  return new Map(segments.map((segment) => [segment.id, segment as unknown as ClientSegment]));
}

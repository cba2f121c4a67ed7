import { z } from 'zod';

const AppName = z.string().min(1).max(200);
const Count = z.number().min(0);
const ToggleCounts = z.looseObject({ yes: Count.default(0), no: Count.default(0) });

const MAX_FLAGS = 5_000;

/** What an SDK says of itself once it starts; fields nobody reads here are let through. */
export const ClientRegistration = z.looseObject({
  appName: AppName,
  instanceId: z.string().max(200).optional(),
});

/** How often an SDK was asked for each flag since its last report. */
export const ClientMetrics = z.looseObject({
  appName: AppName,
  bucket: z.looseObject({
    toggles: z
      .record(z.string().max(200), ToggleCounts)
      .refine(
        (toggles) => Object.keys(toggles).length <= MAX_FLAGS,
        `must not name more than ${MAX_FLAGS} flags`,
      ),
  }),
});
export type ClientMetrics = z.infer<typeof ClientMetrics>;

/** Reports that a proxy, such as Unleash Edge, has gathered from many SDKs. */
export const BulkMetrics = z.looseObject({
  applications: z
    .array(z.looseObject({ appName: AppName }))
    .max(10_000)
    .default([]),
  metrics: z
    .array(z.looseObject({ featureName: z.string().max(200), yes: Count.default(0), no: Count.default(0) }))
    .max(10_000)
    .default([]),
});
export type BulkMetrics = z.infer<typeof BulkMetrics>;

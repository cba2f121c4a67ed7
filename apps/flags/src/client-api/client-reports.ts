import { z } from 'zod';

const AppName = z.string().min(1).max(200);
const Count = z.int().min(0);

/** What an SDK says of itself once it starts; fields nobody reads here are let through. */
export const ClientRegistration = z.looseObject({ appName: AppName, instanceId: z.string().max(200) });

/** How often an SDK was asked for each flag since its last report. */
export const ClientMetrics = z.looseObject({
  appName: AppName,
  bucket: z.object({
    toggles: z
      .record(z.string().max(200), z.looseObject({ yes: Count.default(0), no: Count.default(0) }))
      .refine((toggles) => Object.keys(toggles).length <= 5_000, 'must not name more than 5000 flags'),
  }),
});
export type ClientMetrics = z.infer<typeof ClientMetrics>;

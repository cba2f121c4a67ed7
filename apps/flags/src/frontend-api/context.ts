import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Context } from 'unleash-client';

const Field = z.union([z.string().max(1_000), z.number(), z.boolean()]);

/** Who asks, as frontend SDKs send it. Fields that Unleash does not know are properties. */
const FrontendContext = z
  .looseObject({
    appName: Field.optional(),
    environment: Field.optional(),
    userId: Field.optional(),
    sessionId: Field.optional(),
    remoteAddress: Field.optional(),
    currentTime: Field.optional(),
    properties: z.record(z.string().max(100), Field).optional(),
  })
  .refine((context) => Object.keys(context).length <= 200, 'must not have more than 200 fields');

export const FrontendBody = z.looseObject({ context: FrontendContext.default({}) });

const QUERY_PROPERTY = /^properties\[([^\]]{1,100})\]$/;

/** @param query - as it was parsed: properties come as `properties[name]` */
export function contextOfQuery(query: Record<string, unknown>): z.infer<typeof FrontendContext> {
  const properties: Record<string, unknown> = {};
  const fields: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(query)) {
    const property = QUERY_PROPERTY.exec(key)?.[1];
    const single: unknown = Array.isArray(value) ? value[0] : value;
    if (property === undefined) fields[key] = single;
    else properties[property] = single;
  }
  return FrontendContext.parse({ ...fields, properties });
}

/** What the SDK evaluates by: who has no session gets one for this request, who tells no address has the connection's. */
export function contextOf(
  given: z.infer<typeof FrontendContext>,
  connection: { readonly address: string; readonly environment: string },
): Context {
  const {
    appName,
    userId,
    sessionId,
    remoteAddress,
    currentTime,
    environment: _,
    properties,
    ...others
  } = given;
  const time = currentTime === undefined ? NaN : Date.parse(String(currentTime));
  return {
    ...(appName === undefined ? {} : { appName: String(appName) }),
    ...(userId === undefined ? {} : { userId: String(userId) }),
    ...(Number.isNaN(time) ? {} : { currentTime: new Date(time) }),
    environment: connection.environment,
    sessionId: String(sessionId ?? '') || randomBytes(12).toString('base64url'),
    remoteAddress: String(remoteAddress ?? '') || connection.address,
    properties: textsOf({ ...others, ...properties }),
  };
}

/** Those that have a text. */
function textsOf(fields: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) =>
      Field.safeParse(value).success ? [[key, String(value)]] : [],
    ),
  );
}

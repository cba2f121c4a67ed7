import { z } from 'zod';

export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

const Address = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' });

/** Where a service takes `OTEL_...` for not set when it is empty, as OpenTelemetry's specification has it. */
const unlessEmpty = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema);

/**
 * OpenTelemetry's own variables (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/).
 * Headers, timeout, compression and certificates the exporter reads itself, from the environment of the process.
 */
export const TracingConfig = z.object({
  OTEL_SDK_DISABLED: unlessEmpty(z.enum(['true', 'false']).default('false')),
  /** Of a collector's OTLP over HTTP; `/v1/traces` is appended. */
  OTEL_EXPORTER_OTLP_ENDPOINT: unlessEmpty(Address.optional()),
  /** The same for traces alone, taken as it is. */
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: unlessEmpty(Address.optional()),
  OTEL_TRACES_SAMPLER: unlessEmpty(
    z.enum(SAMPLERS, { error: `must be one of ${SAMPLERS.join(', ')}` }).default('parentbased_always_on'),
  ),
  /** The share of traces that is kept, by the samplers whose name has `ratio`. */
  OTEL_TRACES_SAMPLER_ARG: unlessEmpty(z.coerce.number().min(0).max(1).default(1)),
  /** How long spans are gathered before they are sent, in ms. */
  OTEL_BSP_SCHEDULE_DELAY: unlessEmpty(z.coerce.number().int().min(10).max(60_000).default(5_000)),
  /** Spans that wait to be sent at most; what is more is dropped. */
  OTEL_BSP_MAX_QUEUE_SIZE: unlessEmpty(z.coerce.number().int().min(1).max(100_000).default(2_048)),
});
export type TracingConfig = z.infer<typeof TracingConfig>;

/** The address that spans are sent to; undefined while tracing is off. */
export function tracesAddress(config: TracingConfig): string | undefined {
  if (config.OTEL_SDK_DISABLED === 'true') return undefined;
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own } = config;
  return own ?? (base === undefined ? undefined : `${base.replace(/\/$/, '')}/v1/traces`);
}

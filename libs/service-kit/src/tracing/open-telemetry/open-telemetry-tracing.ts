import { randomUUID } from 'node:crypto';
import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ServiceName } from '@croupier/contracts';
import { parseTraceparent } from '@croupier/messaging';
import { Tracing, type LongSpan, type OpenSpan, type PastSpan, type SpanDescription } from '../tracing';
import type { TracingConfig } from '../tracing-config';
import { reportDiagnostics } from './diagnostics';
import { samplerOf } from './sampler-of';

export interface OpenTelemetryOptions {
  readonly service: ServiceName;
  readonly namespace: string;
  /** Takes OTLP over HTTP. */
  readonly address: string;
  readonly config: TracingConfig;
}

/** A collector that does not answer holds up no service that ends. */
const CLOSE_DEADLINE_MS = 5_000;

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};

/** Spans by OpenTelemetry's SDK. Each service of a process has its own provider; what is under way is the process's. */
export class OpenTelemetryTracing extends Tracing {
  readonly isOn = true;
  private readonly provider: TracerProvider;
  private readonly tracer: Tracer;

  constructor({ service, namespace, address, config }: OpenTelemetryOptions) {
    super();
    reportDiagnostics();
    followContexts();
    this.provider = new TracerProvider({
      resource: defaultResource()
        .merge(detectResources({ detectors: [envDetector] }))
        .merge(
          resourceFromAttributes({
            'service.name': service,
            'service.namespace': namespace,
            'service.instance.id': randomUUID(),
          }),
        ),
      sampler: samplerOf(config),
      spanProcessors: [
        new BatchSpanProcessor({
          exporter: new OTLPTraceExporter({ url: address }),
          scheduledDelayMillis: config.OTEL_BSP_SCHEDULE_DELAY,
          maxQueueSize: config.OTEL_BSP_MAX_QUEUE_SIZE,
        }),
      ],
    });
    this.tracer = this.provider.getTracer('croupier');
  }

  async within<Result>(
    description: SpanDescription,
    work: (span: OpenSpan) => Promise<Result>,
  ): Promise<Result> {
    const span = this.begin(description);
    try {
      return await span.run(() => work(span));
    } catch (error) {
      span.fail((error as Error).message);
      throw error;
    } finally {
      span.end();
    }
  }

  begin(description: SpanDescription): LongSpan {
    const parent = parentOf(description);
    const span = this.tracer.startSpan(description.name, optionsOf(description), parent);
    const its = trace.setSpan(parent, span);
    return {
      set: (attributes) => void span.setAttributes(attributes),
      fail: (fault) => failed(span, fault),
      run: (work) => context.with(its, work),
      end: () => span.end(),
    };
  }

  record(past: PastSpan): void {
    const { name, startMs, endMs, fault, moments = [] } = past;
    const span = this.tracer.startSpan(name, { ...optionsOf(past), startTime: startMs }, parentOf(past));
    for (const { name: what, atMs, attributes } of moments) span.addEvent(what, attributes, atMs);
    if (fault !== undefined) failed(span, fault);
    span.end(Math.max(startMs, endMs));
  }

  logFields(): Record<string, string> {
    const active = trace.getActiveSpan()?.spanContext();
    return active === undefined ? {} : { trace_id: active.traceId, span_id: active.spanId };
  }

  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_DEADLINE_MS)));
    await Promise.race([this.provider.shutdown().catch(() => undefined), late]);
    clearTimeout(timer);
  }
}

let followsContexts = false;

/** Once a process, whichever of its services comes first. */
function followContexts(): void {
  if (followsContexts) return;
  followsContexts = context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

function parentOf({ parent }: SpanDescription): Context {
  if (parent === undefined) return context.active();
  const remote = parseTraceparent(parent);
  return remote === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote);
}

function optionsOf({ kind = 'internal', attributes }: SpanDescription): SpanOptions {
  return { kind: KINDS[kind], ...(attributes === undefined ? {} : { attributes }) };
}

function failed(span: Span, message: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

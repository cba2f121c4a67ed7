import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { LongSpan, SpanDescription, Tracing } from './tracing';

const READING = ['GET', 'HEAD', 'OPTIONS'];

/**
 * A span for each request that changes something, and for each that comes with a trace. Names and attributes are those of
 * OpenTelemetry's conventions (https://opentelemetry.io/docs/specs/semconv/http/http-spans/).
 */
export function traceRequests(
  fastify: FastifyInstance,
  tracing: Tracing,
  untracedPaths: readonly string[],
): void {
  if (!tracing.isOn) return;
  const spans = new WeakMap<FastifyRequest, LongSpan>();
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { method, headers, url } = request;
    const isWanted = headers['traceparent'] !== undefined || !READING.includes(method);
    if (isWanted && !untracedPaths.some((prefix) => url.startsWith(prefix)))
      spans.set(request, tracing.begin(spanOf(request)));
    done();
  });
  // Once the body is read, whose events are nobody's context.
  fastify.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request);
    if (span) span.run(done);
    else done();
  });
  fastify.addHook('onResponse', (request, { statusCode }, done) => {
    const span = spans.get(request);
    if (span) endServerSpan(span, statusCode);
    done();
  });
}

export function endServerSpan(span: LongSpan, status: number): void {
  span.set({ 'http.response.status_code': status });
  if (status >= 500) span.fail(`HTTP ${status}`);
  span.end();
}

/** Of a request that is worked on. */
export function serverSpan(
  method: string,
  route: string,
  path: string,
  traceparent: string | string[] | undefined,
): SpanDescription {
  return {
    name: `${method} ${route}`,
    kind: 'server',
    parent: typeof traceparent === 'string' ? traceparent : null,
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'url.path': path,
      'url.scheme': 'http',
    },
  };
}

function spanOf({ method, routeOptions, url, headers }: FastifyRequest): SpanDescription {
  const [path = '/'] = url.split('?', 1);
  return serverSpan(method, routeOptions.url ?? 'unmatched', path, headers['traceparent']);
}

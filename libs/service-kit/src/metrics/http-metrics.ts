import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics';

/** Rate, errors and duration by route pattern, never by path: the label set stays bounded. */
export function measureRequests(fastify: FastifyInstance, metrics: Metrics): void {
  const duration = metrics.histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from request to the end of the response',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 5],
  });
  // As many as there are routes and statuses. Finding the labels again costs more than counting.
  const series = new Map<string, { observe(seconds: number): void }>();
  fastify.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'unmatched';
    const status = String(reply.statusCode);
    const key = `${method} ${status} ${route}`;
    let its = series.get(key);
    if (!its) series.set(key, (its = duration.labels({ method, route, status })));
    its.observe(reply.elapsedTime / 1000);
    done();
  });
}

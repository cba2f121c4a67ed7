import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics';

/** Rate, errors and duration by route pattern, never by path: the label set stays bounded. */
export class RequestDurations {
  private readonly duration: ReturnType<typeof Metrics.prototype.histogram<'method' | 'route' | 'status'>>;

  constructor(metrics: Metrics) {
    this.duration = metrics.histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from request to the end of the response',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 5],
    });
  }

  /** Of every request that the router answers. */
  observeAll(fastify: FastifyInstance): void {
    // As many as there are methods and routes. Finding the labels again costs more than counting.
    const routes = new Map<string, RouteDurations>();
    fastify.addHook('onResponse', ({ method, routeOptions }, reply, done) => {
      const route = routeOptions.url ?? 'unmatched';
      const key = `${method} ${route}`;
      let its = routes.get(key);
      if (!its) routes.set(key, (its = this.of(method, route)));
      its.observe(reply.statusCode, reply.elapsedTime);
      done();
    });
  }

  of(method: string, route: string): RouteDurations {
    return new RouteDurations((status) => this.duration.labels({ method, route, status: String(status) }));
  }
}

/** Of one route. */
export class RouteDurations {
  private readonly byStatus = new Map<number, { observe(seconds: number): void }>();

  constructor(private readonly seriesOf: (status: number) => { observe(seconds: number): void }) {}

  observe(status: number, elapsedMs: number): void {
    let series = this.byStatus.get(status);
    if (!series) this.byStatus.set(status, (series = this.seriesOf(status)));
    series.observe(elapsedMs / 1000);
  }
}

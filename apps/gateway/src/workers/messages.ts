import type { RoutingUpdate } from '@croupier/contracts';
import type { MetricObjectWithValues, MetricValue } from 'prom-client';

/** From the process that looks after the workers to one of them. */
export type ToWorker =
  /** The answer to `ready`, and so the first. `routing` is null as long as none is known. */
  | { readonly kind: 'start'; readonly routing: RoutingUpdate | null }
  /** Applies to what was sent before it. */
  | { readonly kind: 'routing'; readonly update: RoutingUpdate }
  /** Where all that is not the players' is answered. */
  | { readonly kind: 'control'; readonly url: string }
  | { readonly kind: 'metrics'; readonly id: number }
  /** It goes on as before, and tells balancers and clients to go elsewhere. `drain` follows. */
  | { readonly kind: 'leave' }
  | { readonly kind: 'drain' };

export type FromWorker =
  /** It listens to messages. One that is sent before that is lost. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'metrics'; readonly id: number; readonly metrics: readonly WorkerMetric[] };

export type WorkerMetric = MetricObjectWithValues<MetricValue<string>>;

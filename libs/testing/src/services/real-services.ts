import { findOrStart } from './find-or-start';
import { POSTGRES, RABBIT, REDIS, type RealService } from './real-service';
import { SharedState } from './shared-state';

const addresses = new Map<RealService, Promise<{ url: string }>>();

/** A real PostgreSQL, found or started once. The URL is of a role that may create databases. */
export const postgres = (): Promise<{ url: string }> => address(POSTGRES);

/** A real RabbitMQ, found or started once. */
export const rabbit = (): Promise<{ url: string }> => address(RABBIT);

/** A real Redis, found or started once. */
export const redis = (): Promise<{ url: string }> => address(REDIS);

function address(service: RealService): Promise<{ url: string }> {
  const known = addresses.get(service);
  if (known) return known;
  const found = findOrStart(service, new SharedState(), process.env).then((url) => ({ url }));
  addresses.set(service, found);
  return found;
}

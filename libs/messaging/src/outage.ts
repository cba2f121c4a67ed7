import { isTransient } from '@croupier/persistence';

/** node-postgres gives its own hang-ups and timeouts no code. */
const CONNECTION_LOST =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error)/;

/**
 * Whether a handler failed because something that every message needs is away, such as the service's own database.
 * Such a failure says nothing of the message, and must not count against it.
 */
export function isOutage(error: unknown): boolean {
  const { code, driverError, message } = (error ?? {}) as Partial<
    Record<'code' | 'driverError' | 'message', unknown>
  >;
  if (driverError) return isOutage(driverError);
  return typeof code === 'string' ? isTransient(error) : CONNECTION_LOST.test(String(message));
}

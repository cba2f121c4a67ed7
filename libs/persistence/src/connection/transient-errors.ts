const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** SQLSTATE of a server that is starting, stopping or full (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const SERVER_CODES = new Set(['57P01', '57P02', '57P03', '53300']);

interface ConnectionError {
  readonly code?: unknown;
  readonly message?: unknown;
  /** Of an AggregateError: one error for each address that a name resolved to. */
  readonly errors?: readonly unknown[];
}

/** Whether connecting again later can help. A wrong password or a missing database stays wrong. */
export function isTransient(error: unknown): boolean {
  const { code, errors, message } = (error ?? {}) as ConnectionError;
  if (errors) return errors.some(isTransient);
  if (typeof code === 'string') {
    return NETWORK_CODES.has(code) || SERVER_CODES.has(code) || /^08[0-9A-Z]{3}$/.test(code);
  }
  // node-postgres gives its own timeouts and hang-ups no code.
  return typeof message === 'string' && /timeout|connection terminated/i.test(message);
}

/** An AggregateError's own message is empty. */
export function reasonOf(error: unknown): string {
  const { errors, message } = (error ?? {}) as ConnectionError;
  if (errors) return errors.map(reasonOf).join('; ');
  return typeof message === 'string' ? message : String(error);
}

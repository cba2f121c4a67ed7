import type { ClientConfig } from 'pg';

/** Milliseconds. A query or an idle transaction that outlives these holds locks somebody else needs. */
const STATEMENT_TIMEOUT_MS = 30_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000;
const CONNECTION_TIMEOUT_MS = 5_000;

export interface ConnectionSettings {
  readonly connectionString: string;
  readonly application_name: string;
  /** `-c name=value` settings of the session (https://www.postgresql.org/docs/current/libpq-connect.html). */
  readonly options: string;
  readonly connectionTimeoutMillis: number;
  readonly keepAlive: boolean;
  readonly keepAliveInitialDelayMillis: number;
}

/** The same settings for every session of a service, whether the pool opens it or we do. */
export function connectionSettings(o: {
  url: string;
  schema: string;
  applicationName: string;
}): ConnectionSettings & ClientConfig {
  const url = parsed(o.url);
  // What stands in the URL wins in node-postgres, so `options` there would drop the search path.
  const givenOptions = url.searchParams.get('options');
  url.searchParams.delete('options');
  const ours = [
    `-c search_path=${o.schema}`,
    `-c statement_timeout=${STATEMENT_TIMEOUT_MS}`,
    `-c idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION_TIMEOUT_MS}`,
  ];
  return {
    connectionString: url.href,
    application_name: o.applicationName,
    options: [...(givenOptions ? [givenOptions] : []), ...ours].join(' '),
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
}

/** Where a database is, without its credentials: for errors and logs. */
export function addressOf(url: string): string {
  const { hostname, port, pathname } = parsed(url);
  return `${hostname}:${port || '5432'}${pathname}`;
}

function parsed(url: string): URL {
  const candidate = URL.canParse(url) ? new URL(url) : undefined;
  if (candidate?.protocol !== 'postgres:' && candidate?.protocol !== 'postgresql:') {
    throw new Error('The database URL must look like postgres://user:password@host:5432/database.');
  }
  return candidate;
}

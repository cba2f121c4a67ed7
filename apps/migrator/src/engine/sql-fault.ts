/** What PostgreSQL tells of an error (https://www.postgresql.org/docs/current/protocol-error-fields.html). */
export interface SqlFault {
  readonly message: string;
  readonly code?: string | undefined;
  readonly internalQuery?: string | undefined;
  /** From 1, in characters. */
  readonly internalPosition?: string | undefined;
}

/**
 * SQLSTATE classes that say nothing of the script: connection, rollback for concurrency, resources, operator.
 * Without a SQLSTATE the connection broke, and whether the transaction was committed is not known.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const NOT_THE_SCRIPT = ['08', '40', '53', '57P', '58', 'XX'];

export function isFaultOfScript({ code }: SqlFault): boolean {
  return code !== undefined && !NOT_THE_SCRIPT.some((start) => code.startsWith(start));
}

/** `V1__init.sql line 3: relation "x" does not exist (SQLSTATE 42P01)` */
export function describeFault(script: string, sql: string, fault: SqlFault): string {
  const position = fault.internalQuery === sql ? Number(fault.internalPosition ?? 0) : 0;
  const line = position > 0 ? ` line ${[...sql].slice(0, position).join('').split('\n').length}` : '';
  return `${script}${line}: ${fault.message} (SQLSTATE ${fault.code})`;
}

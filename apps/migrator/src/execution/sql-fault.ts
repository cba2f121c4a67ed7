import type { Statement } from '../lint/statement';

/** What PostgreSQL tells of an error (https://www.postgresql.org/docs/current/protocol-error-fields.html). */
export interface SqlFault {
  readonly message: string;
  readonly code?: string | undefined;
  /** In the statement, from 1, in characters. */
  readonly position?: string | undefined;
}

/**
 * SQLSTATE classes that say nothing of the script: connection, rollback for concurrency, resources, operator.
 * Without a SQLSTATE the connection broke, and whether the transaction was committed is not known.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const NOT_THE_SCRIPT = ['08', '40', '53', '57P', '58', 'XX'];

const LOCK_NOT_AVAILABLE = '55P03';
const DEADLOCK_DETECTED = '40P01';

export function isFaultOfScript({ code }: SqlFault): boolean {
  return code !== undefined && !NOT_THE_SCRIPT.some((start) => code.startsWith(start));
}

/** Somebody else held what it needed: later it may go. */
export function isLockFault({ code }: SqlFault): boolean {
  return code === LOCK_NOT_AVAILABLE || code === DEADLOCK_DETECTED;
}

/** `V1__init.sql line 3: relation "x" does not exist (SQLSTATE 42P01)` */
export function describeFault(
  { script, line, sql }: Pick<Statement, 'script' | 'line' | 'sql'>,
  { message, code, position }: SqlFault,
): string {
  const before = [...sql].slice(0, Number(position ?? 1)).join('');
  return `${script} line ${line + before.split('\n').length - 1}: ${message} (SQLSTATE ${code})`;
}

import type { Finding } from './finding';
import type { Statement } from './statement';

export interface LintContext {
  /** Whether the release makes the table itself, so that nobody can be waiting for it. */
  readonly isNew: (table: string) => boolean;
}

/** One thing to look for in one statement. */
export type Rule = (statement: Statement, context: LintContext) => Finding[];

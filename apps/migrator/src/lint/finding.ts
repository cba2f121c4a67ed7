export const LINT_RULES = [
  'syntax',
  'index-blocks-writes',
  'index-drop-blocks',
  'not-null-without-default',
  'set-not-null-scans',
  'default-rewrites',
  'type-change-rewrites',
  'constraint-scans',
  'key-blocks-writes',
  'whole-table-change',
  'heavy-lock',
  'missing-undo',
  'mixed-phases',
  'not-transactional',
] as const;
export type LintRule = (typeof LINT_RULES)[number];

/** Something in a script that can hurt the players or cannot be taken back. */
export interface Finding {
  readonly rule: LintRule;
  /** An `error` stops the release; a `warning` is told. */
  readonly severity: 'error' | 'warning';
  readonly script: string;
  /** From 1; null when it is of the whole script. */
  readonly line: number | null;
  readonly message: string;
  readonly remedy: string;
}

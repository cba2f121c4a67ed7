/** One field that is not what it was. */
export interface FieldChange {
  /** Such as `environments.production.strategies[0].parameters.rollout`. */
  readonly field: string;
  /** Undefined where there was none. */
  readonly before: unknown;
  /** Undefined where there is none any more. */
  readonly after: unknown;
}

/** What differs between two documents, field by field; null is no document. */
export function changesBetween(before: unknown, after: unknown, field = ''): FieldChange[] {
  if (isParted(before) || isParted(after)) {
    // A list beside an object, or anything beside a text, has no fields in common.
    const [old, now] = [partsOf(before, after), partsOf(after, before)];
    const names = new Set([...Object.keys(old), ...Object.keys(now)]);
    if (names.size > 0)
      return [...names].flatMap((name) =>
        changesBetween(old[name], now[name], nameIn(field, name, before, after)),
      );
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ field, before, after }];
}

/** A value in one line. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return '–';
  return typeof value === 'string' ? value || '(empty)' : JSON.stringify(value);
}

type Parts = Readonly<Record<string, unknown>>;

function isParted(value: unknown): value is Parts {
  return typeof value === 'object' && value !== null;
}

function partsOf(value: unknown, other: unknown): Parts {
  if (isParted(value)) return value;
  return value === undefined || value === null || !isParted(other) ? {} : { '': value };
}

function nameIn(field: string, name: string, ...values: unknown[]): string {
  if (name === '') return field;
  if (values.some(Array.isArray)) return `${field}[${name}]`;
  return field === '' ? name : `${field}.${name}`;
}

import { isMap, isScalar, parse, parseDocument, type Document } from 'yaml';

/** One place that a version can be in: `slots.<name>` of a `values.yaml`. */
export interface Slot {
  readonly name: string;
  /** The version there; empty when there is none. */
  readonly tag: string;
  /** Percent; null where the file has none. */
  readonly weight: number | null;
}

const SLOTS = 'slots';

/** @throws when the text is no YAML, or has no slots */
export function slotsOf(text: string): Slot[] {
  const slots = documentOf(text).get(SLOTS, true);
  if (!isMap(slots) || slots.items.length === 0)
    throw new Error(`The values have no map ${SLOTS} with the places that a version can be in`);
  return slots.items.map(({ key }) => {
    const name = String(isScalar(key) ? key.value : key);
    const tag = slots.getIn([name, 'tag']);
    const weight = slots.getIn([name, 'weight']);
    return {
      name,
      tag: typeof tag === 'string' || typeof tag === 'number' ? String(tag) : '',
      weight: typeof weight === 'number' ? weight : null,
    };
  });
}

/** The text with other tags and weights, and every other byte as it was: comments, order and layout are their authors'. */
export function withSlots(text: string, changes: readonly (Partial<Slot> & Pick<Slot, 'name'>)[]): string {
  return changes.reduce((changed, { name, tag, weight }) => {
    const tagged = tag === undefined ? changed : withScalar(changed, [SLOTS, name, 'tag'], tag);
    return weight === undefined || weight === null
      ? tagged
      : withScalar(tagged, [SLOTS, name, 'weight'], weight);
  }, text);
}

function withScalar(text: string, path: readonly string[], value: string | number): string {
  const document = documentOf(text);
  const node = document.getIn(path, true);
  if (!isScalar(node) || !node.range) throw new Error(`The values have no ${path.join('.')}`);
  if (node.value === value) return text;
  const [start, end] = node.range;
  const gap = start === end ? ' ' : '';
  return `${text.slice(0, start)}${gap}${written(value, node.type)}${text.slice(end)}`;
}

/** In the quotes that it had, or that it needs: 1.10 without any is a number. */
function written(value: string | number, style: string | undefined): string {
  if (typeof value === 'number') return String(value);
  if (style === 'QUOTE_SINGLE') return `'${value}'`;
  const isPlain = style !== 'QUOTE_DOUBLE' && value !== '' && parse(value) === value;
  return isPlain ? value : JSON.stringify(value);
}

function documentOf(text: string): Document.Parsed {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw new Error(`The values are no YAML: ${error.message}`);
  return document;
}

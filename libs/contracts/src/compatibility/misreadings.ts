import type { JsonSchema } from './json-schema';

/** How a reader takes what it does not know. */
export interface Tolerance {
  /** Fields it does not know are ignored, also where its schema says that there are none. */
  readonly unknownFields: boolean;
  /**
   * What is declared is not done yet: new values of an enumeration and new kinds of a union are not written to it, and
   * fields that may be left out are there.
   */
  readonly declaredAhead: boolean;
}

/** Reads as its schema says, and nothing else. */
export const STRICT: Tolerance = { unknownFields: false, declaredAhead: false };

interface Reading {
  readonly tolerance: Tolerance;
  readonly reader: JsonSchema;
  readonly writer: JsonSchema;
  /** Pairs of references that are being compared further up. */
  readonly open: ReadonlySet<string>;
}

/**
 * Where a value that the writer's schema allows might not be what the reader's schema expects. It errs towards telling:
 * two patterns that differ in their text are taken to differ.
 * @returns a line each, beginning with the path in the value: `data.markets[]: ...`; none when all can be read
 */
export function misreadings(
  reader: JsonSchema,
  writer: JsonSchema,
  tolerance: Tolerance = STRICT,
  path = 'data',
): string[] {
  return compare(reader, writer, path, { tolerance, reader, writer, open: new Set(['# #']) });
}

function compare(reader: JsonSchema, writer: JsonSchema, path: string, reading: Reading): string[] {
  if (reader.$ref !== undefined || writer.$ref !== undefined) {
    const pair = `${reader.$ref ?? JSON.stringify(reader)} ${writer.$ref ?? JSON.stringify(writer)}`;
    if (reading.open.has(pair)) return [];
    const within = { ...reading, open: new Set([...reading.open, pair]) };
    return compare(resolved(reader, reading.reader), resolved(writer, reading.writer), path, within);
  }
  if (isAnything(reader)) return [];
  const written = alternatives(writer);
  if (written.length > 1)
    return unique(written.flatMap((alternative) => compare(reader, alternative, path, reading)));
  const read = alternatives(reader);
  if (read.length > 1) return compareWithUnion(read, written[0]!, path, reading);
  return compareOne(read[0]!, written[0]!, path, reading);
}

function compareWithUnion(
  read: readonly JsonSchema[],
  writer: JsonSchema,
  path: string,
  reading: Reading,
): string[] {
  const discriminator = discriminatorOf(read);
  const kind = discriminator === null ? undefined : writer.properties?.[discriminator];
  if (discriminator !== null && kind?.const !== undefined) {
    const same = read.find((one) => one.properties?.[discriminator]?.const === kind.const);
    if (same) return compare(same, writer, path, reading);
    return reading.tolerance.declaredAhead
      ? []
      : [`${path}.${discriminator}: ${JSON.stringify(kind.const)} is not known to the reader`];
  }
  const attempts = read.map((one) => compare(one, writer, path, reading));
  if (attempts.some((problems) => problems.length === 0)) return [];
  const ofSameType = attempts.filter((_, index) => read[index]!.type === writer.type);
  return ofSameType.length === 1
    ? ofSameType[0]!
    : [`${path}: ${describe(writer)} is none of what the reader knows`];
}

function compareOne(reader: JsonSchema, writer: JsonSchema, path: string, reading: Reading): string[] {
  if (reader.const !== undefined) return compareLiteral(reader, writer, path, reading);
  if (isAnything(writer)) return [`${path}: may be anything, the reader expects ${describe(reader)}`];
  if (writer.const !== undefined) return allows(reader, writer.const) ? [] : [mismatch(reader, writer, path)];
  if (reader.allOf || writer.allOf || reader.not || writer.not)
    return JSON.stringify(reader) === JSON.stringify(writer) ? [] : [`${path}: has changed`];
  if (reader.type !== writer.type && !(reader.type === 'number' && writer.type === 'integer'))
    return [mismatch(reader, writer, path)];
  return [
    ...compareLimits(reader, writer, path),
    ...compareItems(reader, writer, path, reading),
    ...(reader.type === 'object' ? compareFields(reader, writer, path, reading) : []),
  ];
}

function compareLiteral(reader: JsonSchema, writer: JsonSchema, path: string, reading: Reading): string[] {
  if (writer.const === reader.const) return [];
  const isLater =
    reading.tolerance.declaredAhead && typeof writer.const === typeof reader.const && writer.const !== null;
  return isLater ? [] : [mismatch(reader, writer, path)];
}

function compareFields(reader: JsonSchema, writer: JsonSchema, path: string, reading: Reading): string[] {
  const read = reader.properties ?? {};
  const written = writer.properties ?? {};
  const missing = (reader.required ?? [])
    .filter((name) => !(writer.required ?? []).includes(name))
    .filter((name) => !(reading.tolerance.declaredAhead && Object.hasOwn(written, name)))
    .map((name) => `${path}.${name}: the reader needs it, and it may not be there`);
  const known = Object.entries(written).flatMap(([name, schema]) => {
    const expected = read[name] ?? additional(reader, reading);
    if (expected === null) return [`${path}.${name}: the reader refuses fields it does not know`];
    const isNamed = read[name] !== undefined || !reader.propertyNames || allows(reader.propertyNames, name);
    return isNamed
      ? compare(expected, schema, `${path}.${name}`, reading)
      : [`${path}.${name}: the reader refuses the name`];
  });
  return [...missing, ...known, ...compareOtherFields(reader, writer, path, reading)];
}

/** Of records, whose fields are named by what they are about. */
function compareOtherFields(
  reader: JsonSchema,
  writer: JsonSchema,
  path: string,
  reading: Reading,
): string[] {
  const { additionalProperties: others } = writer;
  if (typeof others !== 'object') return [];
  const named = Object.entries(reader.properties ?? {})
    .filter(([name]) => writer.properties?.[name] === undefined)
    .flatMap(([name, schema]) => compare(schema, others, `${path}.${name}`, reading));
  const expected = additional(reader, reading);
  if (expected === null) return [...named, `${path}.*: the reader refuses fields it does not know`];
  const names = reader.propertyNames
    ? compare(reader.propertyNames, writer.propertyNames ?? { type: 'string' }, `${path}.(name)`, reading)
    : [];
  return [...named, ...names, ...compare(expected, others, `${path}.*`, reading)];
}

/** What the reader expects of fields that it does not name; null when it refuses them. */
function additional({ additionalProperties }: JsonSchema, { tolerance }: Reading): JsonSchema | null {
  if (typeof additionalProperties === 'object') return additionalProperties;
  return additionalProperties === false && !tolerance.unknownFields ? null : {};
}

function compareItems(reader: JsonSchema, writer: JsonSchema, path: string, reading: Reading): string[] {
  const places = (reader.prefixItems ?? []).flatMap((item, index) => {
    const place = writer.prefixItems?.[index];
    const at = `${path}[${index}]`;
    return place
      ? compare(item, place, at, reading)
      : [`${at}: the reader needs it, and it may not be there`];
  });
  const items = reader.items ? compare(reader.items, writer.items ?? {}, `${path}[]`, reading) : [];
  return [...places, ...items];
}

const LOWER = ['minLength', 'minItems', 'minimum', 'exclusiveMinimum'] as const;
const UPPER = ['maxLength', 'maxItems', 'maximum', 'exclusiveMaximum'] as const;

function compareLimits(reader: JsonSchema, writer: JsonSchema, path: string): string[] {
  const says = (limit: keyof JsonSchema): string =>
    `${path}: ${limit} is ${JSON.stringify(writer[limit] ?? null)}, the reader expects ${JSON.stringify(reader[limit])}`;
  const low = LOWER.filter((limit) => (writer[limit] ?? -Infinity) < (reader[limit] ?? -Infinity));
  const high = UPPER.filter((limit) => (writer[limit] ?? Infinity) > (reader[limit] ?? Infinity));
  const form = reader.pattern === undefined ? 'format' : 'pattern';
  const differs = reader[form] !== undefined && reader[form] !== writer[form];
  return [...low, ...high, ...(differs ? [form] : [])].map((limit) => says(limit as keyof JsonSchema));
}

function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  const { anyOf, oneOf, enum: values, type } = schema;
  if (values) return values.map((value) => ({ const: value }));
  if (typeof type === 'object') return type.map((one) => ({ ...schema, type: one }));
  return (anyOf ?? oneOf)?.flatMap(alternatives) ?? [schema];
}

/** A field of which each of the objects has a value of its own. */
function discriminatorOf(union: readonly JsonSchema[]): string | null {
  const objects = union.filter(({ type }) => type === 'object');
  if (objects.length < 2) return null;
  const names = Object.keys(objects[0]!.properties ?? {});
  return (
    names.find((name) => {
      const values = objects.map(({ properties }) => properties?.[name]?.const);
      return !values.includes(undefined) && new Set(values).size === objects.length;
    }) ?? null
  );
}

function resolved(schema: JsonSchema, root: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema;
  if (schema.$ref === '#') return root;
  const found = root.$defs?.[schema.$ref.replace('#/$defs/', '')];
  if (!found) throw new Error(`${schema.$ref} is not in the schema`);
  return found;
}

function isAnything(schema: JsonSchema): boolean {
  return (
    schema.type === undefined &&
    schema.const === undefined &&
    !(schema.enum ?? schema.anyOf ?? schema.oneOf ?? schema.allOf ?? schema.not)
  );
}

function allows(reader: JsonSchema, value: unknown): boolean {
  if (typeof value === 'string')
    return (
      reader.type === 'string' &&
      value.length >= (reader.minLength ?? 0) &&
      value.length <= (reader.maxLength ?? Infinity) &&
      (reader.pattern === undefined || new RegExp(reader.pattern, 'u').test(value))
    );
  if (typeof value === 'number')
    return reader.type === 'number' || (reader.type === 'integer' && Number.isInteger(value));
  if (typeof value === 'boolean') return reader.type === 'boolean';
  return value === null && reader.type === 'null';
}

function mismatch(reader: JsonSchema, writer: JsonSchema, path: string): string {
  return `${path}: is ${describe(writer)}, the reader expects ${describe(reader)}`;
}

function describe({ type, const: value }: JsonSchema): string {
  return value === undefined ? String(type ?? 'anything') : JSON.stringify(value);
}

function unique(lines: readonly string[]): string[] {
  return [...new Set(lines)];
}

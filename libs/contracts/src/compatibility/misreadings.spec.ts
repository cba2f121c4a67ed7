import fc from 'fast-check';
import { z } from 'zod';
import type { JsonSchema } from './json-schema';
import { misreadings, STRICT } from './misreadings';

const read = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
const written = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { io: 'output' }) as JsonSchema;
const between = (reader: z.ZodType, writer: z.ZodType): string[] =>
  misreadings(read(reader), written(writer));
const BEFORE = { unknownFields: true, declaredAhead: true };

const leaf = fc.oneof(
  fc.constant(z.string()),
  fc.nat(5).map((length) => z.string().min(length)),
  fc.nat(5).map((length) => z.string().max(length)),
  fc.constant(z.string().regex(/^a*$/)),
  fc.constant(z.number()),
  fc.integer({ min: -3, max: 3 }).map((low) => z.int().min(low)),
  fc.constant(z.boolean()),
  fc.constant(z.null()),
  fc.subarray(['a', 'b', 'c'], { minLength: 1 }).map((values) => z.enum(values)),
  fc.constantFrom('a', 'b').map((value) => z.literal(value)),
);

const { schema } = fc.letrec<{ schema: z.ZodType; field: z.ZodType }>((tie) => ({
  field: fc.oneof(
    tie('schema'),
    tie('schema').map((one) => one.optional()),
  ),
  schema: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc
      .dictionary(fc.constantFrom('x', 'y', 'z'), tie('field'), { maxKeys: 3 })
      .map((shape) => z.object(shape)),
    fc
      .dictionary(fc.constantFrom('x', 'y', 'z'), tie('field'), { maxKeys: 3 })
      .map((shape) => z.strictObject(shape)),
    tie('schema').map((one) => z.array(one).max(3)),
    tie('schema').map((one) => one.nullable()),
    tie('schema').map((one) => z.record(z.string(), one)),
    fc.tuple(tie('schema'), tie('schema')).map(([one, other]) => z.union([one, other])),
  ),
}));

/** Values that are near to what the schemas above allow. */
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('', 'a', 'b', 'c', 'aa', 'aaaaaa', 'other'),
    fc.integer({ min: -5, max: 5 }),
    fc.constantFrom(0.5, true, false, null),
    fc.dictionary(fc.constantFrom('x', 'y', 'z'), tie('value'), { maxKeys: 3 }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
})).value;

describe('misreadings', () => {
  it('finds none between a schema and itself', () => {
    fc.assert(fc.property(schema, (one) => expect(misreadings(read(one), read(one), STRICT)).toEqual([])));
  });

  it('finds one wherever the reader refuses what the writer allows', () => {
    fc.assert(
      fc.property(
        schema,
        schema,
        fc.array(value, { minLength: 20, maxLength: 20 }),
        (reader, writer, values) => {
          const refused = values.some((one) => {
            const said = writer.safeParse(one);
            return said.success && !reader.safeParse(said.data).success;
          });
          if (refused) expect(between(reader, writer)).not.toEqual([]);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('finds none when the reader takes more than before', () => {
    fc.assert(
      fc.property(schema, schema, (one, other) => {
        expect(between(one.nullable(), one)).toEqual([]);
        expect(between(z.object({ x: one, y: other.optional() }), z.object({ x: one }))).toEqual([]);
      }),
    );
  });

  it('never finds more when the reader is more tolerant', () => {
    fc.assert(
      fc.property(schema, schema, (reader, writer) => {
        if (between(reader, writer).length === 0)
          expect(misreadings(read(reader), written(writer), BEFORE)).toEqual([]);
      }),
    );
  });

  it.each<[string, z.ZodType, z.ZodType, string]>([
    [
      'a field that the reader needs',
      z.object({ a: z.string(), b: z.string() }),
      z.object({ a: z.string() }),
      'data.b: the reader needs it, and it may not be there',
    ],
    [
      'a field that has become optional',
      z.object({ a: z.string() }),
      z.object({ a: z.string().optional() }),
      'data.a: the reader needs it, and it may not be there',
    ],
    [
      'null where there was none',
      z.object({ a: z.string() }),
      z.object({ a: z.string().nullable() }),
      'data.a: is null, the reader expects string',
    ],
    [
      'a value that the reader has no more',
      z.object({ a: z.array(z.enum(['x', 'y'])) }),
      z.object({ a: z.array(z.enum(['x', 'y', 'z'])) }),
      'data.a[]: "z" is none of what the reader knows',
    ],
    [
      'another type',
      z.object({ a: z.number() }),
      z.object({ a: z.string() }),
      'data.a: is string, the reader expects number',
    ],
    [
      'a narrower limit',
      z.object({ a: z.string().max(5) }),
      z.object({ a: z.string().max(9) }),
      'data.a: maxLength is 9, the reader expects 5',
    ],
    [
      'a field that a strict reader has no more',
      z.strictObject({ a: z.string() }),
      z.strictObject({ a: z.string(), b: z.string().optional() }),
      'data.b: the reader refuses fields it does not know',
    ],
    [
      'a kind that the reader does not know',
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('a'), x: z.string() }),
        z.object({ kind: z.literal('b') }),
      ]),
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('a'), x: z.string() }),
        z.object({ kind: z.literal('c') }),
      ]),
      'data.kind: "c" is not known to the reader',
    ],
  ])('tells of %s', (_name, reader, writer, problem) => {
    expect(between(reader, writer)).toEqual([problem]);
  });

  it('does not tell apart by a field what has the same value in it', () => {
    const x = z.literal('a');
    const either = z.union([z.strictObject({ x }), z.strictObject({ x, y: z.string() })]);
    expect(between(either.nullable(), either)).toEqual([]);
  });

  it('follows references of schemas that contain themselves', () => {
    const tree = (leafOf: z.ZodType): z.ZodType => {
      const node: z.ZodType = z.object({ value: leafOf, children: z.array(z.lazy(() => node)) });
      return node;
    };
    expect(between(tree(z.string()), tree(z.string()))).toEqual([]);
    expect(between(tree(z.string()), tree(z.number()))).toEqual([
      'data.value: is number, the reader expects string',
    ]);
  });
});

/** OIDs of element types (https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat). */
const OID = { bytea: 17, text: 25, json: 114, uuid: 2950 } as const;

const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;

/**
 * Array parameters in PostgreSQL's binary format (`array_recv` in src/backend/utils/adt/arrayfuncs.c), for statements
 * that store many rows at once. node-postgres sends a Buffer as binary; its own arrays are text, in which every
 * element is quoted, and bytes are written in hexadecimal and read back.
 */
export const arrayParameter = {
  text: (values: readonly string[]): Buffer => arrayOfTexts(OID.text, values),
  json: (values: readonly string[]): Buffer => arrayOfTexts(OID.json, values),
  bytea: (values: readonly (Uint8Array | undefined)[]): Buffer => arrayOfBytes(OID.bytea, values),
  /** In the hexadecimal form with hyphens. */
  uuid: (values: readonly string[]): Buffer =>
    arrayOfBytes(
      OID.uuid,
      values.map((value) => Buffer.from(value.replaceAll('-', ''), 'hex')),
    ),
};

function arrayOfTexts(elementType: number, values: readonly string[]): Buffer {
  let bytes = HEADER_BYTES;
  const lengths = values.map((value) => {
    const length = Buffer.byteLength(value);
    bytes += LENGTH_BYTES + length;
    return length;
  });
  const array = begin(bytes, elementType, values.length, false);
  let at = HEADER_BYTES;
  for (const [index, value] of values.entries()) {
    at = array.writeInt32BE(lengths[index] as number, at);
    at += array.write(value, at);
  }
  return array;
}

function arrayOfBytes(elementType: number, values: readonly (Uint8Array | undefined)[]): Buffer {
  let bytes = HEADER_BYTES;
  let hasNull = false;
  for (const value of values) {
    bytes += LENGTH_BYTES + (value?.length ?? 0);
    hasNull ||= value === undefined;
  }
  const array = begin(bytes, elementType, values.length, hasNull);
  let at = HEADER_BYTES;
  for (const value of values) {
    at = array.writeInt32BE(value?.length ?? NULL_LENGTH, at);
    if (!value) continue;
    array.set(value, at);
    at += value.length;
  }
  return array;
}

/** One dimension, with indexes from 1. */
function begin(bytes: number, elementType: number, count: number, hasNull: boolean): Buffer {
  const array = Buffer.allocUnsafe(bytes);
  array.writeInt32BE(1, 0);
  array.writeInt32BE(hasNull ? 1 : 0, 4);
  array.writeInt32BE(elementType, 8);
  array.writeInt32BE(count, 12);
  array.writeInt32BE(1, 16);
  return array;
}

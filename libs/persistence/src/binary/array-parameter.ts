/** OIDs of element types (https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat). */
const OID = { bytea: 17, text: 25, json: 114, uuid: 2950 } as const;

const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;
const UUID_BYTES = 16;
/** Where the pairs of digits begin, between the hyphens. */
const UUID_DIGITS = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;

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
  uuid: (values: readonly string[]): Buffer => {
    const array = begin(
      HEADER_BYTES + values.length * (LENGTH_BYTES + UUID_BYTES),
      OID.uuid,
      values.length,
      false,
    );
    let at = HEADER_BYTES;
    for (const value of values) {
      at = array.writeInt32BE(UUID_BYTES, at);
      at += writeUuid(array, value, at);
    }
    return array;
  },
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

function writeUuid(array: Buffer, value: string, start: number): number {
  let at = start;
  for (const digit of UUID_DIGITS)
    array[at++] = (valueOf(value.charCodeAt(digit)) << 4) | valueOf(value.charCodeAt(digit + 1));
  return UUID_BYTES;
}

/** Of a hexadecimal digit, whose code ends in its value, or in 1 to 6 for a letter of either case. */
function valueOf(code: number): number {
  return code > 0x39 ? (code & 0x0f) + 9 : code & 0x0f;
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

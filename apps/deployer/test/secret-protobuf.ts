/** Field numbers and their values, of a protobuf message whose fields are all strings, bytes or messages, or are not needed. */
function fieldsOf(message: Buffer): { field: number; value: Buffer }[] {
  const fields: { field: number; value: Buffer }[] = [];
  let position = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[position++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (position < message.length) {
    const key = varint();
    if (key % 8 === 0) varint();
    else {
      const length = varint();
      fields.push({ field: key >> 3, value: message.subarray(position, position + length) });
      position += length;
    }
  }
  return fields;
}

const one = (message: Buffer, field: number): Buffer =>
  fieldsOf(message).find((each) => each.field === field)?.value ?? Buffer.alloc(0);

const mapOf = (message: Buffer, field: number, encoding: BufferEncoding): Record<string, string> =>
  Object.fromEntries(
    fieldsOf(message)
      .filter((each) => each.field === field)
      .map(({ value }) => [one(value, 1).toString(), one(value, 2).toString(encoding)]),
  );

const MAGIC_LENGTH = 4;

/**
 * A Secret as clients written in Go send it: the envelope of
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding around `Secret` of k8s.io/api/core/v1.
 */
export function secretOf(body: Buffer): object {
  const secret = one(body.subarray(MAGIC_LENGTH), 2);
  const metadata = one(secret, 1);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: one(metadata, 1).toString(),
      labels: mapOf(metadata, 11, 'utf8'),
    },
    data: mapOf(secret, 2, 'base64'),
    type: one(secret, 3).toString(),
  };
}

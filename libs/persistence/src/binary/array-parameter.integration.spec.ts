import { postgres } from '@croupier/testing';
import fc from 'fast-check';
import { Client } from 'pg';
import { arrayParameter } from './array-parameter';

describe('array parameters in binary', () => {
  let client: Client;

  beforeAll(async () => {
    client = new Client((await postgres()).url);
    await client.connect();
  });
  afterAll(() => client.end());

  async function echo(type: string, value: Buffer): Promise<unknown> {
    const { rows } = await client.query<{ echo: unknown }>(`SELECT $1::${type}[] AS echo`, [value]);
    return rows[0]?.echo;
  }

  /** PostgreSQL's text has all of Unicode but U+0000. */
  const text = fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll('\0', ''));

  it('are the texts that went in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(text), async (values) => {
        expect(await echo('text', arrayParameter.text(values))).toEqual(values);
      }),
      { numRuns: 50 },
    );
  });

  it('are the bytes that went in, or nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(fc.uint8Array({ maxLength: 300 }), { nil: undefined })),
        async (values) => {
          const echoed = (await echo('bytea', arrayParameter.bytea(values))) as (Buffer | null)[];
          expect(echoed.map((value) => value?.toString('hex'))).toEqual(
            values.map((value) => value && Buffer.from(value).toString('hex')),
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  it('are the identifiers that went in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uuid()), async (values) => {
        expect(await echo('uuid', arrayParameter.uuid(values))).toEqual(values);
      }),
      { numRuns: 50 },
    );
  });

  it('are the JSON that went in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), async (values) => {
        const texts = values.map((value) => JSON.stringify(value));
        const echoed = (await echo('json', arrayParameter.json(texts))) as unknown[];
        expect(echoed.map((value) => JSON.stringify(value))).toEqual(texts);
      }),
      { numRuns: 50 },
    );
  });
});

import { randomUUID } from 'node:crypto';
import { SignatureSettings, type PayloadSettings } from '@croupier/contracts';
import fc from 'fast-check';
import { schemeOf } from '../src/signatures/scheme-of';
import { readSecret, secretNeedOf } from '../src/signatures/secret';
import type { SignatureScheme } from '../src/signatures/signature-scheme';
import { payloadReaderOf } from '../src/webhooks/payload-reader';

/** A provider whose genuine requests are known, to be spoiled. */
export interface Target {
  readonly name: string;
  readonly settings: {
    readonly signature: object;
    readonly payload: PayloadSettings;
  };
  readonly secret: string | undefined;
  readonly scheme: SignatureScheme;
  readonly sample: unknown;
}

export function target(
  name: string,
  signature: object,
  payload: PayloadSettings,
  secret: string | undefined,
  sample: unknown = payloadReaderOf(payload).sample,
): Target {
  const scheme = schemeOf(SignatureSettings.parse(signature));
  return { name, settings: { signature, payload }, secret, scheme, sample };
}

/** A request of `app.inject`. */
export interface MutatedRequest {
  readonly method: 'POST' | 'PUT' | 'GET' | 'DELETE';
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly payload: Buffer;
}

/** What breaks parsers and databases. */
const NASTY = [
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udc00\ud800',
  '__proto__',
  'constructor',
  "'; DROP TABLE webhooks; --",
  '../../etc/passwd',
  '%00',
  '\r\nx: y',
  '\u202e',
  'NaN',
  '1e999',
  'x'.repeat(5_000),
  '\u{1f3b0}'.repeat(300),
  '',
];

const nastyText = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 60 }));

const nastyValue: fc.Arbitrary<unknown> = fc.oneof(
  nastyText,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(null, true, -0, 1e308, Number.MAX_SAFE_INTEGER + 2, [], {}, [[]], undefined),
  fc.integer({ min: 1, max: 2_000 }).map((depth) => nested(depth)),
  fc.integer({ min: 1, max: 2_000 }).map((length) => Array.from({ length }, () => 'MT')),
);

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { a: value };
  return value;
}

/** The sample with a few of its parts replaced, removed or added. */
function mutatedSample(sample: unknown): fc.Arbitrary<Buffer> {
  const change = fc.record({
    at: fc.nat(),
    how: fc.constantFrom('replace', 'remove', 'add'),
    key: nastyText,
    value: nastyValue,
  });
  return fc.array(change, { maxLength: 4 }).map((changes) => {
    const copy = structuredClone(sample);
    for (const { at, how, key, value } of changes) {
      const places = placesIn(copy);
      const place = places[at % Math.max(1, places.length)];
      if (!place) continue;
      if (how === 'remove') delete place.parent[place.key];
      // The length of an array cannot be replaced so, and stays.
      else
        Reflect.defineProperty(place.parent, how === 'add' ? key : place.key, {
          value,
          enumerable: true,
          configurable: true,
          writable: true,
        });
    }
    return Buffer.from(JSON.stringify(copy));
  });
}

function placesIn(value: unknown): { parent: Record<string, unknown>; key: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const parent = value as Record<string, unknown>;
  return Object.keys(parent)
    .slice(0, 50)
    .flatMap((key) => [{ parent, key }, ...(depthOf(parent[key]) < 20 ? placesIn(parent[key]) : [])]);
}

function depthOf(value: unknown): number {
  let depth = 0;
  for (let part = value; typeof part === 'object' && part !== null && depth < 20; depth++)
    part = Object.values(part)[0];
  return depth;
}

/** Bytes near a genuine body: cut, doubled, with bits flipped and bytes inserted. */
function mutatedBytes(sample: unknown): fc.Arbitrary<Buffer> {
  const genuine = Buffer.from(JSON.stringify(sample));
  const position = fc.nat({ max: genuine.length });
  const flipped = fc.tuple(position, fc.nat({ max: 7 })).map(([at, bit]) => {
    const changed = Buffer.from(genuine);
    if (at < changed.length) changed[at]! ^= 1 << bit;
    return changed;
  });
  const inserted = fc
    .tuple(position, fc.uint8Array({ maxLength: 40 }))
    .map(([at, bytes]) => Buffer.concat([genuine.subarray(0, at), bytes, genuine.subarray(at)]));
  const depth = fc.integer({ min: 1, max: 50_000 });
  return fc.oneof(
    { weight: 10, arbitrary: flipped },
    { weight: 5, arbitrary: position.map((at) => genuine.subarray(0, at)) },
    { weight: 5, arbitrary: inserted },
    { weight: 5, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 2, arbitrary: fc.constant(Buffer.concat([genuine, genuine])) },
    { weight: 1, arbitrary: fc.integer({ min: 250, max: 270 }).map((kib) => Buffer.alloc(kib * 1024, '[')) },
    { weight: 1, arbitrary: depth.map((levels) => Buffer.from('['.repeat(levels) + ']'.repeat(levels))) },
  );
}

const CONTENT_TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/vnd.docker.distribution.events.v2+json',
  'application/+json',
  'application/x-www-form-urlencoded',
  'text/plain',
  'multipart/form-data',
  '',
  'application/json\u0000',
];

const EXTRA_HEADERS = [
  'x-forwarded-for',
  'traceparent',
  'content-encoding',
  'transfer-encoding',
  'content-length',
  'authorization',
  'webhook-id',
  'svix-id',
  'webhook-signature',
  'x-github-delivery',
  'idempotency-key',
  'accept',
  'expect',
];

/** Genuine requests of the targets, spoiled in one way or another; most are signed after their body was spoiled. */
export function mutatedRequests(targets: readonly Target[]): fc.Arbitrary<MutatedRequest> {
  return fc.constantFrom(...targets).chain(({ name, scheme, secret, settings, sample }) =>
    fc
      .record({
        body: fc.oneof(
          { weight: 6, arbitrary: mutatedSample(sample) },
          { weight: 2, arbitrary: mutatedBytes(sample) },
          { weight: 1, arbitrary: fc.constant(Buffer.from(JSON.stringify(sample))) },
        ),
        after: fc.oneof(
          { weight: 9, arbitrary: fc.constant(undefined) },
          { weight: 1, arbitrary: mutatedBytes(sample) },
        ),
        url: fc.oneof(
          { weight: 12, arbitrary: fc.constant(`/v1/webhooks/${name}`) },
          {
            weight: 1,
            arbitrary: nastyText.map((text) => `/v1/webhooks/${encodeURIComponentLoosely(text)}`),
          },
          {
            weight: 1,
            arbitrary: fc.constantFrom(
              `/v1/webhooks/${name}?x=%`,
              '/v1/webhooks/%',
              `/v1//webhooks/${name}`,
              `/v1/%77ebhooks/${name}`,
              `/v1/webhooks/${name}/redeliver`,
              '/v1/webhooks/',
            ),
          },
        ),
        method: fc.oneof(
          { weight: 20, arbitrary: fc.constant('POST' as const) },
          { weight: 1, arbitrary: fc.constantFrom('PUT' as const, 'GET' as const, 'DELETE' as const) },
        ),
        contentType: fc.oneof(
          { weight: 10, arbitrary: fc.constant('application/json') },
          { weight: 2, arbitrary: fc.constantFrom(...CONTENT_TYPES) },
        ),
        id: fc.oneof(fc.constant(undefined), nastyText),
        headerChanges: fc.array(
          fc.tuple(fc.nat(), fc.oneof(nastyText, fc.constantFrom(undefined, 'v1,', 't=1,v1=0', '0'))),
          { maxLength: 1 },
        ),
        extra: fc.dictionary(fc.constantFrom(...EXTRA_HEADERS), nastyText, { maxKeys: 1 }),
        spoilHeaders: fc.nat({ max: 4 }),
      })
      .map(({ body, after, url, method, contentType, id, headerChanges, extra, spoilHeaders }) => {
        const need = secretNeedOf(SignatureSettings.parse(settings.signature).kind);
        const reading = need === 'none' ? undefined : readSecret(need, secret ?? '');
        const secrets = reading?.kind === 'secret' ? [reading.secret] : [];
        const webhookId = id ?? `msg_${randomUUID()}`;
        const headers: Record<string, string> = {
          ...scheme.sign(body, webhookId, secrets, Date.now()).headers,
          'content-type': contentType,
        };
        const names = Object.keys(headers);
        if (spoilHeaders === 0) {
          Object.assign(headers, extra);
          for (const [at, value] of headerChanges) {
            const header = names[at % names.length] ?? '';
            if (value === undefined) delete headers[header];
            else headers[header] = value;
          }
        }
        return { method, url, headers, payload: after ?? body };
      }),
  );
}

function encodeURIComponentLoosely(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return '%ff';
  }
}

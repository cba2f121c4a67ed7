import type { IncomingHttpHeaders } from 'node:http';

/** What the APIs read. Everything else that a browser sends (cookies above all) stays here. */
const TO_SERVICES = [
  'accept',
  'authorization',
  'content-length',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'last-event-id',
  'traceparent',
  'transfer-encoding',
  'x-croupier-actor',
];

const TO_BROWSERS = [
  'cache-control',
  'content-length',
  'content-type',
  'etag',
  'link',
  'location',
  'retry-after',
  'www-authenticate',
];

export function headersToService(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return only(headers, TO_SERVICES);
}

/** Nothing an API says is kept by the browser, unless the API itself allows it. */
export function headersToBrowser(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return {
    'cache-control': 'no-store',
    ...only(headers, TO_BROWSERS),
    'x-content-type-options': 'nosniff',
    // Proxies that collect an answer before they pass it on would hold a stream back.
    'x-accel-buffering': 'no',
  };
}

function only(headers: IncomingHttpHeaders, names: readonly string[]): IncomingHttpHeaders {
  return Object.fromEntries(
    names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  );
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';

// One file on purpose: it is shipped as an artifact or in an image, with nothing beside it but release.json.

const BODY_LIMIT_BYTES = 4 * 1024;
const SHUTDOWN_LIMIT_MS = 10_000;
const BASE_URL = 'http://payment';
const MAX_AMOUNT_CENTS = 100_000_000;
const MAX_KEPT = 100_000;
const KNOWN = new Set(['/health', '/authorizations', '/captures', '/voids']);

export interface Release {
  readonly version: string;
}

/** An answer other than 200, told as problem details (RFC 9457). */
class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    detail: string,
  ) {
    super(detail);
  }
}

interface Authorization {
  readonly id: string;
  readonly player: string;
  readonly amount: number;
  state: 'authorized' | 'captured' | 'voided';
}

/** Money is reserved first, and captured or voided once. A repeated key or command gets the first answer again. */
export class Payments {
  private readonly byId = new Map<string, Authorization>();
  private readonly byKey = new Map<string, Authorization>();

  authorize(player: string, amount: number, key: string): Authorization {
    const id = JSON.stringify([player, key]);
    const earlier = this.byKey.get(id);
    if (earlier && earlier.amount !== amount)
      throw new Refusal(422, 'Idempotency key reused', 'idempotencyKey came before with another amount');
    if (earlier) return earlier;
    if (this.byId.size >= MAX_KEPT) throw new Refusal(503, 'Too many payments', 'try again later');
    const made: Authorization = { id: randomUUID(), player, amount, state: 'authorized' };
    this.byId.set(made.id, made);
    this.byKey.set(id, made);
    return made;
  }

  settle(id: string, state: 'captured' | 'voided'): Authorization {
    const found = this.find(id);
    if (found.state !== 'authorized' && found.state !== state)
      throw new Refusal(409, 'Already settled', `the payment is ${found.state}`);
    found.state = state;
    return found;
  }

  find(id: string): Authorization {
    const found = this.byId.get(id);
    if (!found) throw new Refusal(404, 'Not found', `there is no payment ${id}`);
    return found;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function text(fields: Fields, field: string): string {
  const value = fields[field];
  if (typeof value !== 'string' || value.length < 1 || value.length > 128)
    throw new Refusal(422, 'Invalid request', `${field} must be a string of 1 to 128 characters`);
  return value;
}

function cents(fields: Fields, field: string): number {
  const value = fields[field];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > MAX_AMOUNT_CENTS)
    throw new Refusal(
      422,
      'Invalid request',
      `${field} must be an integer of 1 to ${MAX_AMOUNT_CENTS} cents`,
    );
  return value;
}

function parse(body: string): Fields {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Fields;
  } catch {
    // Told below, as what is no object is.
  }
  throw new Refusal(400, 'Malformed JSON', 'the body must be a JSON object');
}

/** Reads to the end even past the limit, or the caller would see a broken connection instead of the 413. */
async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= BODY_LIMIT_BYTES) chunks.push(chunk);
  }
  if (bytes > BODY_LIMIT_BYTES)
    throw new Refusal(413, 'Body too large', `the body may have ${BODY_LIMIT_BYTES} bytes at most`);
  return Buffer.concat(chunks).toString('utf8');
}

function send(server: Server, response: ServerResponse, status: number, body: object): void {
  // A closing server waits for every connection, so it must not be kept alive by the one it answers on.
  if (!server.listening) response.setHeader('connection', 'close');
  const payload = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': status < 400 ? 'application/json' : 'application/problem+json',
    'content-length': Buffer.byteLength(payload),
    'cache-control': 'no-store',
  });
  response.end(payload);
}

export function createPaymentServer(release: Release): Server {
  const payments = new Payments();
  const respond = async (request: IncomingMessage): Promise<object> => {
    const body = await readBody(request);
    const target = request.url ?? '/';
    if (!URL.canParse(target, BASE_URL))
      throw new Refusal(400, 'Malformed URL', 'the request target is no URL');
    const { pathname } = new URL(target, BASE_URL);
    switch (
      `${request.method} ${pathname.replace(/\/[^/]+$/, (last) => (KNOWN.has(last) ? last : '/:id'))}`
    ) {
      case 'GET /health':
        return { status: 'ok', version: release.version };
      case 'POST /authorizations': {
        const fields = parse(body);
        return payments.authorize(
          text(fields, 'player'),
          cents(fields, 'amount'),
          text(fields, 'idempotencyKey'),
        );
      }
      case 'POST /captures':
        return payments.settle(text(parse(body), 'authorization'), 'captured');
      case 'POST /voids':
        return payments.settle(text(parse(body), 'authorization'), 'voided');
      case 'GET /authorizations/:id':
        return payments.find(pathname.split('/').at(-1) ?? '');
      default:
        throw new Refusal(404, 'Not found', `there is nothing at ${request.method} ${pathname}`);
    }
  };
  const server = createServer((request, response) => {
    respond(request).then(
      (answer) => send(server, response, 200, answer),
      (error: unknown) => {
        const refusal = error instanceof Refusal ? error : new Refusal(500, 'Internal error', String(error));
        const { status, title, message: detail } = refusal;
        send(server, response, status, { title, status, detail });
      },
    );
  });
  server.requestTimeout = 10_000;
  // Longer than any proxy keeps an idle connection, so that it is never this end that closes one about to be used.
  server.keepAliveTimeout = 75_000;
  return server;
}

function main(): void {
  const port = Number(process.env['PORT'] || NaN);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('PORT must be a port number');
  const fields = parse(readFileSync(join(__dirname, 'release.json'), 'utf8'));
  const server = createPaymentServer({ version: text(fields, 'version') });
  server.listen(port, process.env['HOST'] ?? '127.0.0.1');
  const stop = (): void => {
    server.close(() => process.exit(0));
    setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS).unref();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

if (require.main === module) main();

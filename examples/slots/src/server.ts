import { randomInt, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

// One file on purpose: it is shipped as an artifact and runs as it is, with nothing beside it but release.json.

const BODY_LIMIT_BYTES = 4 * 1024;
const REMEMBERED_ANSWERS = 200_000;
const MAX_ACCOUNTS = 1_000_000;
const MAX_AMOUNT_CENTS = 100_000_000;
const MAX_STAKE_CENTS = 100_000;
const MAX_BALANCE_CENTS = 1_000_000_000_000;
const SHUTDOWN_LIMIT_MS = 10_000;
/** Only the path and the query of a request's URL matter; the host is whatever it came by. */
const BASE_URL = 'http://slots';

/** A number in [0, 1). */
export type Random = () => number;

/** What `release.json` says. The rates and `slowMs` simulate a regression, which shows only under load. */
export interface Release {
  readonly version: string;
  readonly errorRate: number;
  readonly slowRate: number;
  readonly slowMs: number;
  readonly faultsAfterRequests: number;
}

/** Shares out of 10,000 spins; the win is `multiplier` times the stake. Return to player: 96 %. */
export const PAYTABLE: readonly { readonly multiplier: number; readonly weight: number }[] = [
  { multiplier: 50, weight: 20 },
  { multiplier: 10, weight: 200 },
  { multiplier: 5, weight: 500 },
  { multiplier: 2, weight: 1_500 },
  { multiplier: 1, weight: 1_100 },
  { multiplier: 0, weight: 6_680 },
];

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

/** Balances in cents. A repeated idempotency key gets the first answer again and moves no money. */
export class Wallet {
  /** Only balances over zero: an account that is emptied costs no memory. */
  private readonly balances = new Map<string, number>();
  private readonly answers = new Map<string, { readonly request: string; readonly answer: object }>();

  balanceOf(player: string): number {
    return this.balances.get(player) ?? 0;
  }

  /** Money from outside, within limits. A win is paid whatever the balance becomes. */
  deposit(player: string, amount: number): number {
    if (!this.balances.has(player) && this.balances.size >= MAX_ACCOUNTS)
      throw new Refusal(503, 'Too many players', 'every account is taken; try again later');
    if (this.balanceOf(player) + amount > MAX_BALANCE_CENTS)
      throw new Refusal(422, 'Balance too high', `a balance may not exceed ${MAX_BALANCE_CENTS} cents`);
    return this.credit(player, amount);
  }

  credit(player: string, amount: number): number {
    const balance = this.balanceOf(player) + amount;
    if (balance > 0) this.balances.set(player, balance);
    return balance;
  }

  debit(player: string, amount: number): number {
    const balance = this.balanceOf(player) - amount;
    if (balance < 0)
      throw new Refusal(422, 'Insufficient funds', `the balance is ${balance + amount} cents, not ${amount}`);
    if (balance === 0) this.balances.delete(player);
    else this.balances.set(player, balance);
    return balance;
  }

  /** Runs `work` once per player and key; a refusal is not remembered, so it may be tried again. */
  once(player: string, key: string, request: string, work: () => object): object {
    const id = JSON.stringify([player, key]);
    const earlier = this.answers.get(id);
    if (earlier && earlier.request !== request)
      throw new Refusal(422, 'Idempotency key reused', 'idempotencyKey came before with another request');
    if (earlier) return earlier.answer;
    const answer = work();
    this.answers.set(id, { request, answer });
    if (this.answers.size > REMEMBERED_ANSWERS) {
      const oldest = this.answers.keys().next();
      if (!oldest.done) this.answers.delete(oldest.value);
    }
    return answer;
  }
}

/** mulberry32: small, fast and the same on every machine. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function secureRandom(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}

export function drawMultiplier(random: Random): number {
  let left = Math.floor(random() * 10_000);
  for (const { multiplier, weight } of PAYTABLE) {
    if (left < weight) return multiplier;
    left -= weight;
  }
  return 0;
}

interface Money {
  readonly player: string;
  readonly amount: number;
  readonly key: string;
}

export class Slots {
  constructor(
    private readonly wallet: Wallet,
    private readonly reels: Random,
  ) {}

  deposit({ player, amount, key }: Money): object {
    return this.wallet.once(player, key, `deposit ${amount}`, () => ({
      balance: this.wallet.deposit(player, amount),
      transactionId: randomUUID(),
    }));
  }

  withdraw({ player, amount, key }: Money): object {
    return this.wallet.once(player, key, `withdrawal ${amount}`, () => ({
      balance: this.wallet.debit(player, amount),
      transactionId: randomUUID(),
    }));
  }

  spin({ player, amount, key }: Money): object {
    return this.wallet.once(player, key, `spin ${amount}`, () => {
      this.wallet.debit(player, amount);
      const win = amount * drawMultiplier(this.reels);
      return { win, balance: this.wallet.credit(player, win), roundId: randomUUID() };
    });
  }

  balance(player: string): object {
    return { player, balance: this.wallet.balanceOf(player) };
  }
}

function text(value: unknown, field: string): string {
  if (typeof value !== 'string' || value.length < 1 || value.length > 128)
    throw new Refusal(422, 'Invalid request', `${field} must be a string of 1 to 128 characters`);
  return value;
}

function cents(value: unknown, field: string, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > max)
    throw new Refusal(422, 'Invalid request', `${field} must be an integer of 1 to ${max} cents`);
  return value;
}

function parseMoney(body: string, amountField: 'amount' | 'stake'): Money {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new Refusal(400, 'Malformed JSON', 'the body must be a JSON object');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new Refusal(400, 'Malformed JSON', 'the body must be a JSON object');
  const fields = parsed as Record<string, unknown>;
  return {
    player: text(fields['player'], 'player'),
    amount: cents(
      fields[amountField],
      amountField,
      amountField === 'stake' ? MAX_STAKE_CENTS : MAX_AMOUNT_CENTS,
    ),
    key: text(fields['idempotencyKey'], 'idempotencyKey'),
  };
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

const ROUTES: Readonly<Record<string, 'GET' | 'POST'>> = {
  '/health': 'GET',
  '/balance': 'GET',
  '/deposit': 'POST',
  '/spin': 'POST',
  '/withdrawal': 'POST',
};

function answer(slots: Slots, url: URL, body: string): object {
  switch (url.pathname) {
    case '/deposit':
      return slots.deposit(parseMoney(body, 'amount'));
    case '/spin':
      return slots.spin(parseMoney(body, 'stake'));
    case '/withdrawal':
      return slots.withdraw(parseMoney(body, 'amount'));
    default:
      return slots.balance(text(url.searchParams.get('player'), 'player'));
  }
}

/** The faults of a bad release: none until it has been under load for a while. */
function faultsOf(release: Release, random: Random): () => Promise<void> {
  let requests = 0;
  return async () => {
    requests += 1;
    if (requests <= release.faultsAfterRequests) return;
    if (random() < release.slowRate) await sleep(release.slowMs);
    if (random() < release.errorRate)
      throw new Refusal(500, 'Internal error', 'the reels jammed; no money was moved');
  };
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  const payload = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': status < 400 ? 'application/json' : 'application/problem+json',
    'content-length': Buffer.byteLength(payload),
    'cache-control': 'no-store',
  });
  response.end(payload);
}

export function createSlotsServer(
  release: Release,
  random: { readonly reels: Random; readonly faults: Random } = { reels: secureRandom, faults: Math.random },
): Server {
  const slots = new Slots(new Wallet(), random.reels);
  const suffer = faultsOf(release, random.faults);

  async function respond(request: IncomingMessage): Promise<object> {
    const body = await readBody(request);
    const target = request.url ?? '/';
    if (!URL.canParse(target, BASE_URL))
      throw new Refusal(400, 'Malformed URL', 'the request target is no URL');
    const url = new URL(target, BASE_URL);
    const method = ROUTES[url.pathname];
    if (!method) throw new Refusal(404, 'Not found', `there is nothing at ${url.pathname}`);
    if (request.method !== method)
      throw new Refusal(405, 'Method not allowed', `${url.pathname} answers ${method} only`);
    if (url.pathname === '/health') return { status: 'ok', version: release.version };
    await suffer();
    return answer(slots, url, body);
  }

  const server = createServer((request, response) => {
    const send = (status: number, body: object): void => {
      // A closing server waits for every connection, so it must not be kept alive by the one it answers on.
      if (!server.listening) response.setHeader('connection', 'close');
      sendJson(response, status, body);
    };
    respond(request).then(
      (body) => send(200, body),
      (error: unknown) => {
        const refusal = error instanceof Refusal ? error : new Refusal(500, 'Internal error', String(error));
        send(refusal.status, {
          title: refusal.title,
          status: refusal.status,
          detail: refusal.message,
        });
      },
    );
  });
  server.requestTimeout = 10_000;
  // Longer than any proxy keeps an idle connection, so that it is never this end that closes one about to be used.
  server.keepAliveTimeout = 75_000;
  return server;
}

export function parseRelease(json: string): Release {
  const fields = JSON.parse(json) as Record<string, unknown>;
  const number = (field: string, max: number): number => {
    const value = fields[field] ?? 0;
    if (typeof value !== 'number' || !(value >= 0 && value <= max))
      throw new Error(`release.json: ${field} must be a number of 0 to ${max}`);
    return value;
  };
  return {
    version: text(fields['version'], 'version'),
    errorRate: number('errorRate', 1),
    slowRate: number('slowRate', 1),
    slowMs: number('slowMs', 60_000),
    faultsAfterRequests: number('faultsAfterRequests', Number.MAX_SAFE_INTEGER),
  };
}

function main(): void {
  const port = Number(process.env['PORT'] || NaN);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('PORT must be a port number');
  const seed = process.env['SLOTS_SEED'];
  const release = parseRelease(readFileSync(join(__dirname, 'release.json'), 'utf8'));
  const reels = seed === undefined ? secureRandom : seededRandom(Number(seed));
  const server = createSlotsServer(release, { reels, faults: Math.random });
  server.listen(port, '127.0.0.1', () => {
    const address = server.address();
    const listening = typeof address === 'object' && address ? address.port : port;
    process.stdout.write(`${JSON.stringify({ listening, version: release.version })}\n`);
  });
  const stop = (): void => {
    server.close(() => process.exit(0));
    setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS).unref();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

if (require.main === module) main();

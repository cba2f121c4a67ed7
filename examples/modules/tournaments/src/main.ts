import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { initialize } from 'unleash-client';
import { Tournament, type Spin } from './tournament';

const BODY_LIMIT_BYTES = 4 * 1024;

/**
 * `POST /spins` with `{"player":"ann","stakeCents":100,"winCents":500}` answers the points, `GET /standings` who leads.
 * The SDK is told of changes by stream, keeps
 * what it knows in a file, and answers from that while the flags service is away.
 */
async function main({
  FLAGS_URL,
  FLAGS_CLIENT_TOKEN,
  FLAGS_BACKUP_PATH,
  PORT,
}: NodeJS.ProcessEnv): Promise<void> {
  const flags = initialize({
    url: `${FLAGS_URL ?? 'http://127.0.0.1:4004'}/api`,
    appName: 'tournaments',
    customHeaders: { Authorization: FLAGS_CLIENT_TOKEN ?? '' },
    experimentalMode: { type: 'streaming' },
    ...(FLAGS_BACKUP_PATH === undefined ? {} : { backupPath: FLAGS_BACKUP_PATH }),
  });
  flags.on('error', (error: Error) => process.stderr.write(`${error.message}\n`));

  const tournament = new Tournament(flags);
  const server = createServer((request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const route = `${request.method} ${request.url}`;
    if (route === 'GET /standings') return answer(200, { standings: tournament.standings() });
    if (route !== 'POST /spins') return answer(404, { title: 'POST /spins, GET /standings' });
    spinOf(request).then(
      (spin) => answer(200, { points: tournament.count(spin) }),
      (error: Error) => answer(400, { title: error.message }),
    );
  });
  server.listen(Number(PORT ?? 0), '127.0.0.1', () => {
    process.stdout.write(`${JSON.stringify({ listening: (server.address() as AddressInfo).port })}\n`);
  });
  process.once('SIGTERM', () => {
    flags.destroy();
    server.closeAllConnections();
    server.close();
  });
}

async function spinOf(request: IncomingMessage): Promise<Spin> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > BODY_LIMIT_BYTES) throw new Error('The body is too large');
  }
  const { player, stakeCents, winCents } = JSON.parse(text) as Partial<Record<keyof Spin, unknown>>;
  if (typeof player !== 'string' || !isAmount(stakeCents) || !isAmount(winCents))
    throw new Error('Send player, a text, and stakeCents and winCents, whole numbers from 0');
  return { player, stakeCents, winCents };
}

function isAmount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

void main(process.env);

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { initialize } from 'unleash-client';
import { bonusFor } from './bonus';

const BODY_LIMIT_BYTES = 4 * 1024;

/**
 * `POST /deposits` with `{"player":"ann","cents":1000}` answers the bonus. The SDK is told of changes by stream, keeps
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
    appName: 'bonus-engine',
    customHeaders: { Authorization: FLAGS_CLIENT_TOKEN ?? '' },
    experimentalMode: { type: 'streaming' },
    ...(FLAGS_BACKUP_PATH === undefined ? {} : { backupPath: FLAGS_BACKUP_PATH }),
  });
  flags.on('error', (error: Error) => process.stderr.write(`${error.message}\n`));

  const server = createServer((request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.method !== 'POST' || request.url !== '/deposits')
      return answer(404, { title: 'POST /deposits' });
    bodyOf(request).then(
      ({ player, cents }) =>
        answer(200, { bonusCents: bonusFor(player, cents, flags), process: process.pid }),
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

async function bodyOf(request: IncomingMessage): Promise<{ player: string; cents: number }> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > BODY_LIMIT_BYTES) throw new Error('The body is too large');
  }
  const { player, cents } = JSON.parse(text) as { player?: unknown; cents?: unknown };
  if (typeof player !== 'string' || !Number.isSafeInteger(cents) || (cents as number) < 0)
    throw new Error('Send player, a text, and cents, a whole number from 0');
  return { player, cents: cents as number };
}

void main(process.env);

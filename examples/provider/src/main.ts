import { resolve } from 'node:path';
import { WebhookSender } from './announcements/webhook-sender';
import { parseTarget } from './control/requests';
import { createProviderServer } from './provider-server';

const SHUTDOWN_LIMIT_MS = 2_000;

function main(): void {
  const { AGGREGATOR_URL, HOST, PORT, PROVIDER, PUBLIC_URL, SLOTS_DIR, WEBHOOK_SECRET } = process.env;
  const port = Number(PORT || NaN);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('PORT must be a port number');
  const provider = PROVIDER || 'acme';
  const server = createProviderServer({
    slotsFolder: SLOTS_DIR || resolve(__dirname, '../../slots'),
    provider,
    target: AGGREGATOR_URL
      ? parseTarget({ aggregatorUrl: AGGREGATOR_URL, provider, secret: WEBHOOK_SECRET })
      : null,
    publicUrl: PUBLIC_URL || null,
    sender: new WebhookSender(),
  });
  server.listen(port, HOST || '127.0.0.1', () => {
    const address = server.address();
    const listening = typeof address === 'object' && address ? address.port : port;
    process.stdout.write(`${JSON.stringify({ listening })}\n`);
  });
  const stop = (): void => {
    server.close(() => process.exit(0));
    // An announcement may be between two attempts; nobody waits for its end any more.
    setTimeout(() => process.exit(0), SHUTDOWN_LIMIT_MS).unref();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main();

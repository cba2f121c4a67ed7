import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';

/** The least that takes a signed webhook over HTTP: the signature is checked, and the webhook is forgotten. */
async function main(keyBase64: string): Promise<void> {
  const key = Buffer.from(keyBase64, 'base64');
  const server = fastify();
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  server.post('/v1/webhooks/:provider', (request, reply) => {
    const headers = request.headers as Record<string, string>;
    const id = headers['webhook-id'];
    const expected = createHmac('sha256', key)
      .update(`${id}.${headers['webhook-timestamp']}.`)
      .update(request.body as Buffer)
      .digest();
    const presented = Buffer.from(headers['webhook-signature']?.slice('v1,'.length) ?? '', 'base64');
    if (presented.length !== expected.length || !timingSafeEqual(presented, expected))
      return reply.code(401).send();
    return reply.code(202).send({ webhookId: id, eventId: id, duplicate: false });
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
  const { port } = server.server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ listening: port })}\n`);
  process.once('SIGTERM', () => process.exit(0));
}

void main(process.env['KEY'] ?? '');

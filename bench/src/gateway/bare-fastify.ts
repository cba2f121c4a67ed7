import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';

/** The hello world of Fastify's own benchmarks. */
async function main(): Promise<void> {
  const server = fastify();
  const schema = {
    response: { 200: { type: 'object', properties: { hello: { type: 'string' } } } },
  };
  server.get('/', { schema }, (_request, reply) => {
    void reply.send({ hello: 'world' });
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
  const { port } = server.server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ listening: port })}\n`);
  process.once('SIGTERM', () => process.exit(0));
}

void main();

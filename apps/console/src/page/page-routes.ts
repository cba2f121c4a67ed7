import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { SECURITY_HEADERS } from './security-headers';

/** What Vite has built. */
export const PAGE_FOLDER = join(__dirname, '..', '..', 'dist', 'web');

/** Names of assets have a hash of their content in them, so what has come once is good for ever. */
const FOR_EVER = { maxAge: '365d', immutable: true };

/** The page, at every address that is not something else: its own router reads the path. */
export async function registerPageRoutes(fastify: FastifyInstance): Promise<void> {
  await fastify.register(async (page) => {
    page.addHook('onRequest', async (_request, reply) => {
      void reply.headers(SECURITY_HEADERS);
    });
    await page.register(fastifyStatic, { root: PAGE_FOLDER, serve: false, preCompressed: true });

    page.get<{ Params: { '*': string } }>('/assets/*', ({ params }, reply) =>
      reply.sendFile(`assets/${params['*']}`, FOR_EVER),
    );
    page.get('/favicon.svg', (_request, reply) => reply.sendFile('favicon.svg', { maxAge: '1d' }));
    page.get('/*', (_request, reply) =>
      reply.sendFile('index.html', { cacheControl: false }).header('cache-control', 'no-cache'),
    );
  });
}

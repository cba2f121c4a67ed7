import type { FastifyInstance } from 'fastify';

/** Answers are JSON: a browser that shows one has nothing to load, to run or to frame (OWASP REST Security Cheat Sheet). */
export const ANSWER_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};

/**
 * What a route has set itself stays. Where it says nothing of caches, nobody keeps the answer; where it has an entity
 * tag, it may be kept and has to be asked for. HSTS is for whatever ends TLS before the service.
 *
 * @param untouched - beginnings of paths whose answers are not ours, such as games, or whose cost counts.
 */
export function headAnswers(fastify: FastifyInstance, untouched: readonly string[]): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (untouched.some((path) => request.url.startsWith(path))) return done(null, payload);
    for (const [name, value] of Object.entries(ANSWER_HEADERS))
      if (!reply.hasHeader(name)) void reply.header(name, value);
    if (!reply.hasHeader('cache-control'))
      void reply.header('cache-control', reply.hasHeader('etag') ? 'no-cache' : 'no-store');
    done(null, payload);
  });
}

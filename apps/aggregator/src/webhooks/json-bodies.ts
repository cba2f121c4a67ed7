import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Registries send JSON under names of their own, such as `application/vnd.docker.distribution.events.v1+json`. */
const JSON_BY_SUFFIX = /^application\/[a-z0-9!#$&^_.+-]+\+json\b/i;

/** Webhooks of any media type of JSON reach the controller as bytes (RFC 6839, section 3.1). */
export function takeWebhooksOfAnyJson(fastify: FastifyInstance, path: string): void {
  fastify.addContentTypeParser<Buffer>(
    JSON_BY_SUFFIX,
    { parseAs: 'buffer' },
    (request: FastifyRequest, body, done) =>
      request.url.startsWith(path)
        ? done(null, body)
        : done(Object.assign(new Error('Send application/json'), { statusCode: 415 })),
  );
}

import type { Type } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { EVERYTHING, type Resource } from './resource';

export type Asked = Pick<FastifyRequest, 'params' | 'query' | 'body'>;

/** Finds what a request is about where that has to be loaded; null when there is no such thing. */
export abstract class ResourceFinder {
  abstract find(request: Asked): Promise<Resource | null>;
}

/** Where a route's resource is read from, and how. What a request does not name counts as everything. */
export type Scope =
  | { readonly kind: 'everything' }
  | { readonly kind: 'request'; readonly words: string; resourceOf(request: Asked): Resource }
  | { readonly kind: 'found'; readonly words: string; readonly finder: Type<ResourceFinder> };

export const WHOLE_INSTALLATION: Scope = { kind: 'everything' };

interface Fields {
  readonly provider?: string;
  readonly game?: string;
  /** `provider/game` in one. */
  readonly subject?: string;
  readonly market?: string;
  /** A list. */
  readonly markets?: string;
}

/** Named in the path: a provider, or a provider and a game. */
export function inPath(fields: Fields = { provider: 'provider', game: 'game' }): Scope {
  return named('path', fields, ({ params }) => params);
}

/** Named in the query. A list that is not filtered is about everything. */
export function inQuery(fields: Fields = { provider: 'provider', game: 'game' }): Scope {
  return named('query', fields, ({ query }) => query);
}

/** Named in the body. */
export function inBody(fields: Fields = { provider: 'provider', game: 'game' }): Scope {
  return named('body', fields, ({ body }) => body);
}

/** Loaded by what the path names. `words`: what it is, for the table of routes. */
export function found(words: string, finder: Type<ResourceFinder>): Scope {
  return { kind: 'found', words, finder };
}

function named(place: string, fields: Fields, partOf: (request: Asked) => unknown): Scope {
  return {
    kind: 'request',
    words: `${Object.keys(fields).join(', ')} in the ${place}`,
    resourceOf: (request) => resourceIn(partOf(request), fields),
  };
}

/** Read before the request is validated, so anything that is no plain text names nothing. */
function resourceIn(part: unknown, fields: Fields): Resource {
  const read = (field: string | undefined): string | null => {
    const value =
      field !== undefined && typeof part === 'object' && part !== null && Object.hasOwn(part, field)
        ? (part as Record<string, unknown>)[field]
        : undefined;
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const subject = read(fields.subject) ?? joined(read(fields.provider), read(fields.game));
  return { subject: subject ?? EVERYTHING.subject, markets: marketsIn(part, read, fields) };
}

function joined(provider: string | null, game: string | null): string | null {
  return provider === null ? null : `${provider}/${game ?? '*'}`;
}

function marketsIn(
  part: unknown,
  read: (field: string | undefined) => string | null,
  { market, markets }: Fields,
): readonly string[] | null {
  const one = read(market);
  if (one !== null) return [one];
  const list = markets === undefined ? undefined : (part as Record<string, unknown> | null)?.[markets];
  return Array.isArray(list) && list.every((each) => typeof each === 'string') ? list : null;
}

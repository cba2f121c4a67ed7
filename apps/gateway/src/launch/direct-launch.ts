import type { IncomingMessage, ServerResponse } from 'node:http';
import { endWith } from '@croupier/service-kit';
import { mayHoldGrant } from '../overrides/granted-version';
import type { LaunchHandler } from './launch-game';

const PREFIX = '/v1/launch/';
/** `provider/game?player=<name>&market=<code>`, with nothing in it that would have to be decoded. */
const PLAIN = /^\/v1\/launch\/([a-z0-9-]+)\/([a-z0-9-]+)\?player=([A-Za-z0-9._-]+)&market=([A-Z0-9-]+)$/;

export const LAUNCH_HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
} as const;

/** As the list that Node takes without looking at each name again. Its last place is for the length. */
const HEADER_LIST: (string | number)[] = [...Object.entries(LAUNCH_HEADERS).flat(), 'content-length', 0];
const LENGTH_PLACE = HEADER_LIST.length - 1;

/**
 * Answers a launch before Fastify has seen it, if it is as plain as nearly all are and can be dealt. All others take
 * the route, which answers the same and knows every way to say no.
 * @returns whether it has answered
 */
export function launchDirectly(
  launches: LaunchHandler,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const url = request.url as string;
  if (request.method !== 'GET' || !url.startsWith(PREFIX)) return false;
  const fields = PLAIN.exec(url);
  if (fields === null || mayHoldGrant(request.rawHeaders)) return false;
  const [, provider, game, player, market] = fields as unknown as [string, string, string, string, string];
  const launch = launches.tryLaunch(provider, game, player, market);
  if (launch === null) return false;
  HEADER_LIST[LENGTH_PLACE] = launch.length;
  response.writeHead(200, HEADER_LIST as never);
  endWith(response, launch, 'latin1');
  return true;
}

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import {
  endServerSpan,
  endWith,
  inARow,
  problemAnswer,
  RequestDurations,
  serverSpan,
  takeAheadOfRouter,
  Tracing,
  whenWhole,
} from '@croupier/service-kit';
import type { FastifyInstance } from 'fastify';
import { WebhookReception } from './webhook-reception';

interface DirectReceptionOptions {
  /** Of all webhooks; a provider's name follows. */
  readonly path: string;
  readonly bodyLimitBytes: number;
}

/** A request that is here as a whole. */
interface Arrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly provider: string;
  readonly body: Buffer;
  /** By the monotonic clock, in ms. */
  readonly since: number;
}

/** Names that need no decoding; whether there is such a provider is seen later. */
const PROVIDER = /^[a-z0-9-]{1,63}$/;
const JSON_TYPES = new Set(['application/json', 'application/json; charset=utf-8']);
const ASCII = /^[\x20-\x7e]*$/;
const LENGTH = /^[1-9]\d{0,8}$/;

/**
 * Receives the webhooks that come as nearly all do: POST, JSON, of a stated length. Nest's and Fastify's hooks, of
 * which they need none, cost more than everything that they do need. Any other request, and each that is to be refused
 * for its form, goes to the router as ever, and is answered alike.
 */
export function receiveDirectly(
  fastify: FastifyInstance,
  app: INestApplication,
  { path, bodyLimitBytes }: DirectReceptionOptions,
): void {
  const reception = app.get(WebhookReception);
  const route = `${path}:provider`;
  const durations = app.get(RequestDurations).of('POST', route);
  const tracing = app.get(Tracing);

  function answer(
    response: ServerResponse,
    since: number,
    status: number,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): void {
    const encoding = ASCII.test(body) ? 'latin1' : 'utf8';
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body, encoding) });
    endWith(response, body, encoding);
    durations.observe(status, performance.now() - since);
  }

  async function receive({ request, response, provider, body, since }: Arrival): Promise<void> {
    try {
      const { headers, socket } = request;
      const peer = socket.remoteAddress ?? '';
      const received = await reception.receive({ provider, headers, body, peer });
      answer(response, since, received.status, ANSWERED_JSON, JSON.stringify(received.body));
    } catch (error) {
      const problem = problemAnswer(error, request.url ?? path);
      answer(response, since, problem.status, problem.headers, problem.body);
    }
  }

  async function receiveTraced(arrival: Arrival): Promise<void> {
    const { url = path, headers } = arrival.request;
    const span = tracing.begin(serverSpan('POST', route, url, headers['traceparent']));
    await span.run(() => receive(arrival));
    endServerSpan(span, arrival.response.statusCode);
  }

  const receiving = tracing.isOn ? receiveTraced : receive;
  const arrived = inARow<Arrival>((arrival) => void receiving(arrival));

  takeAheadOfRouter(fastify, (request, response) => {
    const { method, url = '', headers } = request;
    if (method !== 'POST' || !url.startsWith(path) || !isPlain(headers, bodyLimitBytes)) return false;
    const provider = url.slice(path.length);
    if (!PROVIDER.test(provider)) return false;
    const since = performance.now();
    whenWhole(request, (body) => arrived({ request, response, provider, body, since }));
    return true;
  });
}

const ANSWERED_JSON = { 'content-type': 'application/json; charset=utf-8' };

/** As Node's parser let it through, a request that states a length has a body of that length. */
function isPlain(headers: IncomingHttpHeaders, bodyLimitBytes: number): boolean {
  const { 'content-type': type, 'content-length': length } = headers;
  return (
    type !== undefined &&
    JSON_TYPES.has(type) &&
    length !== undefined &&
    LENGTH.test(length) &&
    Number(length) <= bodyLimitBytes
  );
}

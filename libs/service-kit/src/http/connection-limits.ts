import type { ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { BaseConfig } from '../config/environment';
import { ProblemException } from '../problems/problem-exception';

/** Of the request line and all headers; Node's own default, named so that it stays. */
const MAX_HEADER_BYTES = 16 * 1024;
/** Node looks for late requests this often; its default of 30 s would double every limit. */
const LATE_REQUESTS_CHECK_MS = 5_000;

export type HttpLimits = Pick<
  BaseConfig,
  'HTTP_REQUEST_TIMEOUT_MS' | 'HTTP_HEADERS_TIMEOUT_MS' | 'HTTP_KEEP_ALIVE_TIMEOUT_MS'
>;

/** What a connection may take of a server, in size and in time. */
export function connectionLimits(limits: HttpLimits): ServerOptions {
  return {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: Math.min(limits.HTTP_HEADERS_TIMEOUT_MS, limits.HTTP_REQUEST_TIMEOUT_MS),
    requestTimeout: limits.HTTP_REQUEST_TIMEOUT_MS,
    keepAliveTimeout: limits.HTTP_KEEP_ALIVE_TIMEOUT_MS,
    connectionsCheckingInterval: Math.min(LATE_REQUESTS_CHECK_MS, limits.HTTP_HEADERS_TIMEOUT_MS),
  };
}

/** Node's parser gives up on a request; there is no answer object yet. Codes: https://nodejs.org/api/errors.html. */
const REFUSALS: Readonly<Record<string, readonly [status: string, title: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request took too long to arrive'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The headers are too large'],
};

export function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, title] = REFUSALS[error.code ?? ''] ?? ['400 Bad Request', 'This is not HTTP'];
  const body = JSON.stringify(
    new ProblemException({ slug: 'request-refused', status: Number.parseInt(status), title }).toProblem('/'),
  );
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/problem+json\r\nconnection: close\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

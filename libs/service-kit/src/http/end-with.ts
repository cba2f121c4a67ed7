import type { ServerResponse } from 'node:http';

interface RawResponse extends ServerResponse {
  /** Writes the head and, after it, what is given: what `write` and `end` do when they have framed a body. */
  _send(body: string, encoding: BufferEncoding): boolean;
}

/**
 * As `response.end(body, encoding)`, for a body whose length is in the head. That would hold the body back for an empty
 * one that follows, and hand both over as a list, for which Node allocates memory outside of its heap: a sixth of the
 * time that a launch takes. Latin-1 is written in half the time of UTF-8.
 */
export function endWith(response: ServerResponse, body: string, encoding: BufferEncoding): void {
  (response as RawResponse)._send(body, encoding);
  response.end();
}

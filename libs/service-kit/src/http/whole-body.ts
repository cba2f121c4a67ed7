import type { IncomingMessage } from 'node:http';

/**
 * Calls `done` with the body once all of it is here; never when the client goes away before. Node's parser pushes every
 * part into the request's stream, through whose buffer and events a body takes as long as everything that is done with
 * it, so the parts are kept as they are pushed (https://nodejs.org/docs/latest-v20.x/api/stream.html#readablepushchunk-encoding).
 * The caller bounds the length.
 */
export function whenWhole(request: IncomingMessage, done: (body: Buffer) => void): void {
  let parts: Buffer[] = [];
  const keep = (part: Buffer | null): boolean => {
    if (part !== null) {
      parts.push(part);
      return true;
    }
    const whole = parts;
    // The connection keeps its last request until another one comes.
    parts = [];
    done(whole.length === 1 ? (whole[0] as Buffer) : Buffer.concat(whole));
    return false;
  };
  // Written here, V8 would keep the function, and with it the request, until it collects its old generation.
  request.push = keep;
  // Node takes a request that was never read for one whose body has to be drained.
  request._read(0);
}

import type { IncomingMessage } from 'node:http';

/**
 * Calls `done` with the body once all of it is here; never when the client goes away before. Node's parser pushes every
 * part into the request's stream, through whose buffer and events a body takes as long as everything that is done with
 * it, so the parts are kept as they are pushed (https://nodejs.org/docs/latest-v20.x/api/stream.html#readablepushchunk-encoding).
 * The caller bounds the length.
 */
export function whenWhole(request: IncomingMessage, done: (body: Buffer) => void): void {
  const parts: Buffer[] = [];
  request.push = (part: Buffer | null): boolean => {
    if (part !== null) {
      parts.push(part);
      return true;
    }
    const [first] = parts;
    done(first && parts.length === 1 ? first : Buffer.concat(parts));
    return false;
  };
  // Node takes a request that was never read for one whose body has to be drained.
  request._read(0);
}

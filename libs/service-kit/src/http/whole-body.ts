import type { IncomingMessage } from 'node:http';

type WhenWhole = (body: Buffer) => void;

const PARTS = Symbol('parts');
const DONE = Symbol('done');

interface TakenRequest extends IncomingMessage {
  [PARTS]: Buffer[];
  [DONE]: WhenWhole;
}

/**
 * Calls `done` with the body once all of it is here; never when the client goes away before. Node's parser pushes every
 * part into the request's stream, through whose buffer and events a body takes as long as everything that is done with
 * it, so the parts are kept as they are pushed (https://nodejs.org/docs/latest-v20.x/api/stream.html#readablepushchunk-encoding).
 * The caller bounds the length.
 */
export function whenWhole(request: IncomingMessage, done: WhenWhole): void {
  const taken = request as TakenRequest;
  taken[PARTS] = [];
  taken[DONE] = done;
  // Not a function of its own: V8 puts a function that is written where a property is assigned into the old
  // generation, and all that it can reach lives on until that is collected.
  taken.push = keepPart;
  // Node takes a request that was never read for one whose body has to be drained.
  taken._read(0);
}

function keepPart(this: TakenRequest, part: Buffer | null): boolean {
  const parts = this[PARTS];
  if (part !== null) {
    parts.push(part);
    return true;
  }
  const [first] = parts;
  // The connection keeps its last request until another one comes.
  this[PARTS] = [];
  this[DONE](first && parts.length === 1 ? first : Buffer.concat(parts));
  return false;
}

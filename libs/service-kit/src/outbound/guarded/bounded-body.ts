import type { Dispatcher } from 'undici';
import { OutboundHttpError } from '../outbound-http-error';

export interface BodyBounds {
  readonly maxBytes: number;
  /** Fewer on average over a window end the call: a body that drips holds everything up that waits for it. */
  readonly minBytesPerSecond: number;
  readonly windowMs: number;
}

/** The body's chunks for as long as it keeps within its bounds. @throws OutboundHttpError */
export async function* boundedBody(
  body: Dispatcher.ResponseData['body'],
  { maxBytes, minBytesPerSecond, windowMs }: BodyBounds,
  url: string,
): AsyncGenerator<Buffer> {
  let size = 0;
  let sizeBefore = 0;
  const floor = (minBytesPerSecond * windowMs) / 1000;
  const watch = setInterval(() => {
    if (size - sizeBefore < floor) body.destroy(OutboundHttpError.tooSlow(minBytesPerSecond, url));
    sizeBefore = size;
  }, windowMs);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw OutboundHttpError.tooLarge(maxBytes, url);
      yield chunk;
    }
  } finally {
    clearInterval(watch);
  }
}

import { createHmac } from 'node:crypto';

export interface SignedRequestsOptions {
  readonly path: string;
  /** Key of Standard Webhooks' `v1`, in base64. */
  readonly keyBase64: string;
  /** Sets the ids of one load apart from those of another. */
  readonly run: string;
}

const REQUESTS_PER_BLOCK = 4_096;

/**
 * Webhooks as a provider sends them, each with an id of its own, ready to be written to a socket: signing takes as
 * long as the whole of a bare server's work, and would make the load generator the limit. They lie in a few blocks: a
 * buffer for each would keep the garbage collector busy for as long as the load lasts.
 */
export class SignedRequests {
  private readonly blocks: Buffer[] = [];
  /** Within its block, where each begins. */
  private readonly offsets: Uint32Array;

  constructor(
    readonly length: number,
    options: SignedRequestsOptions,
  ) {
    this.offsets = new Uint32Array(length);
    const sign = signerOf(options);
    for (let first = 0; first < length; first += REQUESTS_PER_BLOCK) {
      const requests: Buffer[] = [];
      let bytes = 0;
      for (let index = first; index < Math.min(length, first + REQUESTS_PER_BLOCK); index += 1) {
        const request = sign(index);
        this.offsets[index] = bytes;
        bytes += request.length;
        requests.push(request);
      }
      this.blocks.push(Buffer.concat(requests));
    }
  }

  at(index: number): Buffer {
    const block = this.blocks[Math.floor(index / REQUESTS_PER_BLOCK)]!;
    const isLast = (index + 1) % REQUESTS_PER_BLOCK === 0 || index + 1 === this.length;
    return block.subarray(this.offsets[index], isLast ? block.length : this.offsets[index + 1]);
  }
}

function signerOf({ path, keyBase64, run }: SignedRequestsOptions): (index: number) => Buffer {
  const key = Buffer.from(keyBase64, 'base64');
  const timestamp = String(Math.floor(Date.now() / 1000));
  const announcedAt = new Date().toISOString();
  return (index) => {
    const id = `msg_${run}_${index}`;
    const body = JSON.stringify({
      type: 'game.updated',
      timestamp: announcedAt,
      data: {
        game: `game-${index % 500}`,
        version: `1.${Math.floor(index / 500)}.0`,
        manifestUrl: `https://cdn.acme.example/game-${index % 500}/1.${Math.floor(index / 500)}.0/manifest.json`,
        manifestSha256: 'a'.repeat(64),
      },
    });
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
    return Buffer.from(
      `POST ${path} HTTP/1.1\r\n` +
        'host: 127.0.0.1\r\n' +
        'user-agent: bench\r\n' +
        'content-type: application/json\r\n' +
        `content-length: ${Buffer.byteLength(body)}\r\n` +
        `webhook-id: ${id}\r\n` +
        `webhook-timestamp: ${timestamp}\r\n` +
        `webhook-signature: v1,${signature}\r\n\r\n` +
        body,
    );
  };
}

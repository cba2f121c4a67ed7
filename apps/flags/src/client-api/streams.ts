import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Metrics } from '@croupier/service-kit';
import { FlagsConfig } from '../flags-config';
import type { DeltaEvent } from '../live/delta';
import type { LiveEnvironment } from '../live/live-environment';
import { tooManyStreams } from './api-problems';

/** SDKs take a stream for dead after a minute without a byte. */
const HEARTBEAT_MS = 20_000;
const HEARTBEAT = Buffer.from(':\n\n');
/** Who reads more slowly than that is let go, and comes back for what it has missed. */
const MAX_BUFFERED_BYTES = 16 * 1024 * 1024;

/**
 * Server-sent events as Unleash's SDKs read them in their streaming mode: `unleash-connected` with what the SDK lacks,
 * then `unleash-updated` with each change. Ids are revisions.
 */
@Injectable()
export class Streams {
  private readonly byEnvironment = new Map<LiveEnvironment, Set<ServerResponse>>();
  private readonly heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS).unref();
  private count = 0;
  private isClosed = false;

  constructor(
    private readonly config: FlagsConfig,
    metrics: Metrics,
  ) {
    const openCount = (): number => this.count;
    metrics.gauge({
      name: 'flags_streams_open',
      help: 'SDKs that are told of changes by stream',
      collect() {
        this.set(openCount());
      },
    });
  }

  /** @param lastEventId - the revision that the SDK has seen before, of its `Last-Event-ID` */
  open(
    environment: LiveEnvironment,
    { request, response }: { request: IncomingMessage; response: ServerResponse },
    lastEventId: number | null,
  ): void {
    const { streamsMax } = this.config;
    if (this.count >= streamsMax || this.isClosed) throw tooManyStreams(streamsMax);
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      connection: 'keep-alive',
      'x-accel-buffering': 'no',
    });
    request.socket.setNoDelay(true);
    response.write(connectedEvent(environment, lastEventId));
    const streams = this.streamsOf(environment);
    streams.add(response);
    this.count += 1;
    response.once('close', () => {
      streams.delete(response);
      this.count -= 1;
    });
  }

  /** SDKs connect anew, elsewhere or later. */
  close(): void {
    this.isClosed = true;
    clearInterval(this.heartbeat);
    for (const streams of this.byEnvironment.values()) for (const stream of streams) stream.end();
  }

  private streamsOf(environment: LiveEnvironment): Set<ServerResponse> {
    let streams = this.byEnvironment.get(environment);
    if (streams === undefined) {
      this.byEnvironment.set(environment, (streams = new Set()));
      const told = streams;
      environment.onDelta((events, revision) =>
        this.tell(told, event('unleash-updated', revision, { events })),
      );
    }
    return streams;
  }

  private tell(streams: ReadonlySet<ServerResponse>, bytes: Buffer): void {
    for (const stream of streams) {
      if (stream.writableLength > MAX_BUFFERED_BYTES) stream.destroy();
      else stream.write(bytes);
    }
  }

  private beat(): void {
    for (const streams of this.byEnvironment.values()) this.tell(streams, HEARTBEAT);
  }
}

function connectedEvent(environment: LiveEnvironment, lastEventId: number | null): Buffer {
  const { snapshot } = environment;
  const missed = lastEventId === null ? null : environment.since(lastEventId);
  if (missed !== null) return event('unleash-connected', snapshot.revision, { events: missed });
  return frame('unleash-connected', snapshot.revision, snapshot.hydration());
}

function event(name: string, revision: number, data: { readonly events: readonly DeltaEvent[] }): Buffer {
  return frame(name, revision, JSON.stringify(data));
}

/** JSON has no line breaks, which would end the data (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
function frame(name: string, revision: number, json: string): Buffer {
  return Buffer.from(`id: ${revision}\nevent: ${name}\ndata: ${json}\n\n`);
}

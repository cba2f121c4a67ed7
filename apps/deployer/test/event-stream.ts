import { eventually } from '@croupier/testing';

export interface ToldEvent {
  readonly id: string | null;
  readonly type: string;
  readonly data: unknown;
}

/** A listener of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) that keeps all it is told. */
export class EventStream {
  readonly told: ToldEvent[] = [];
  /** By whichever side. */
  ended = false;
  private readonly closing = new AbortController();

  private constructor() {}

  /** @throws Error with the answer's status when it is no stream */
  static async open(url: string, headers: Readonly<Record<string, string>>): Promise<EventStream> {
    const stream = new EventStream();
    const answer = await fetch(url, {
      headers: { accept: 'text/event-stream', ...headers },
      signal: stream.closing.signal,
    });
    if (!answer.ok || !answer.body) throw new Error(`The stream answered ${answer.status}`);
    void stream
      .read(answer.body)
      .catch(() => undefined)
      .finally(() => (stream.ended = true));
    return stream;
  }

  close(): void {
    this.closing.abort();
  }

  /** The first event of which this is true, once there is one. */
  until(isIt: (event: ToldEvent) => boolean): Promise<ToldEvent> {
    return eventually(() => this.told.find(isIt), { timeoutMs: 30_000 });
  }

  private async read(parts: AsyncIterable<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    for await (const part of parts) {
      const blocks = (text + decoder.decode(part, { stream: true })).split('\n\n');
      text = blocks.pop() ?? '';
      this.told.push(...blocks.flatMap(eventOf));
    }
  }
}

function eventOf(block: string): ToldEvent[] {
  const fields = new Map(
    block.split('\n').map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  const [type, data] = [fields.get('event'), fields.get('data')];
  if (type === undefined || data === undefined) return [];
  return [{ id: fields.get('id') ?? null, type, data: JSON.parse(data) }];
}

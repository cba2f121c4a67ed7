import { SseParser, type ServerEvent } from './sse-parser';

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;

export interface Following {
  readonly token: string;
  readonly onEvent: (event: ServerEvent) => void;
  readonly onConnected: (connected: boolean) => void;
}

/** Server-sent events by fetch: an EventSource cannot send a token. Comes again where it was, until it is stopped. */
export function follow(path: string, { token, onEvent, onConnected }: Following): () => void {
  const stopped = new AbortController();
  void (async () => {
    let lastId: string | null = null;
    for (let attempt = 0; !stopped.signal.aborted; attempt += 1) {
      try {
        const answer: Response = await fetch(path, {
          headers: {
            accept: 'text/event-stream',
            authorization: `Bearer ${token}`,
            ...(lastId === null ? {} : { 'last-event-id': lastId }),
          },
          signal: stopped.signal,
        });
        if (answer.ok && answer.body) {
          onConnected(true);
          attempt = 0;
          const parser = new SseParser();
          const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
          for (let part = await reader.read(); !part.done; part = await reader.read())
            for (const event of parser.push(part.value)) {
              lastId = event.id ?? lastId;
              onEvent(event);
            }
        }
      } catch {
        // The network, or the end: it is tried again below unless it was the end.
      }
      if (stopped.signal.aborted) return;
      onConnected(false);
      const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);
      await new Promise((resolve) => setTimeout(resolve, longest * (0.5 + Math.random() / 2)));
    }
  })();
  return () => stopped.abort();
}

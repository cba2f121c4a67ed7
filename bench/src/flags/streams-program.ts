import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StreamsOptions, StreamsReport } from './streams';

const CHANGE_DEADLINE_MS = 10_000;
const OPENED_AT_ONCE = 100;

/** Reads one stream of server-sent events, and tells of each event that names a flag. */
class Stream {
  private text = '';
  isConnected = false;

  constructor(private readonly onFlag: (flag: string) => void) {}

  static async open({ port, token, lastEventId }: StreamsOptions, onFlag: (flag: string) => void) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    const stream = new Stream(onFlag);
    socket.setEncoding('utf8').on('data', (chunk: string) => stream.take(chunk));
    socket.write(
      `GET /api/client/streaming HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: ${token}\r\n` +
        `accept: text/event-stream\r\nlast-event-id: ${lastEventId}\r\n\r\n`,
    );
    return stream;
  }

  private take(chunk: string): void {
    this.text += chunk;
    for (let end: number; (end = this.text.indexOf('\n\n')) >= 0; this.text = this.text.slice(end + 2)) {
      const event = this.text.slice(0, end);
      if (event.includes('event: unleash-connected')) this.isConnected = true;
      const flag = /"feature-updated".*?"name":"([^"]+)"/.exec(event)?.[1];
      if (flag !== undefined) this.onFlag(flag);
    }
  }
}

async function main(options: StreamsOptions): Promise<void> {
  const { streams: count, changes } = options;
  const startedAt = new Map<string, number>();
  const latencies: number[] = [];
  const onFlag = (flag: string): void => {
    const start = startedAt.get(flag);
    if (start !== undefined) latencies.push(performance.now() - start);
  };
  const streams: Stream[] = [];
  while (streams.length < count) {
    const missing = Math.min(OPENED_AT_ONCE, count - streams.length);
    streams.push(...(await Promise.all(Array.from({ length: missing }, () => Stream.open(options, onFlag)))));
  }
  while (!streams.every(({ isConnected }) => isConnected)) await sleep(20);

  for (const [index, flag] of changes.entries()) {
    startedAt.set(flag, performance.now());
    await change(options, flag);
    const deadline = performance.now() + CHANGE_DEADLINE_MS;
    while (latencies.length < (index + 1) * count && performance.now() < deadline) await sleep(10);
  }
  const sorted = Float64Array.from(latencies).sort();
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Infinity;
  const told = sorted.length / (count * changes.length);
  const report: StreamsReport = { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1), told };
  process.stdout.write(JSON.stringify(report), () => process.exit(0));
}

async function change({ port, operatorToken }: StreamsOptions, flag: string): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/flags/${flag}/environments/development`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ enabled: true, reason: 'for the bench' }),
  });
  if (!answer.ok) throw new Error(`${flag}: ${answer.status} ${await answer.text()}`);
}

void main(JSON.parse(readFileSync(0, 'utf8')) as StreamsOptions);

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpConnection } from '../ingest/http-connection';
import type { LoadOptions, LoadReport } from './load';

/** Options as JSON in, a report as JSON out. */
async function main({ port, connections, seconds, requests }: LoadOptions): Promise<void> {
  const bytes = requests.map((request) => Buffer.from(request));
  const statuses: Record<number, number> = {};
  let [sent, answered, isOver, lastAnswerAt] = [0, 0, false, 0];
  const send = (connection: HttpConnection): void => connection.send(bytes[sent++ % bytes.length]!);
  const onAnswer = (status: number, connection: HttpConnection): void => {
    if (isOver) return;
    answered += 1;
    statuses[status] = (statuses[status] ?? 0) + 1;
    lastAnswerAt = performance.now();
    send(connection);
  };
  const onLost = (error: Error): void => {
    throw error;
  };
  const opened: HttpConnection[] = [];
  for (let index = 0; index < connections; index += 1)
    opened.push(await HttpConnection.open(port, onAnswer, onLost));
  const startedAt = performance.now();
  opened.forEach(send);
  await sleep(seconds * 1_000);
  isOver = true;
  const report: LoadReport = { perSecond: (answered * 1_000) / (lastAnswerAt - startedAt), statuses };
  process.stdout.write(JSON.stringify(report), () => process.exit(0));
}

void main(JSON.parse(readFileSync(0, 'utf8')) as LoadOptions);

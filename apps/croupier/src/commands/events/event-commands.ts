import { Redelivery, StoredWebhook, StoredWebhookWithBody, WebhookPage } from '@croupier/contracts';
import { queryOf, ServiceApi, type CommonOptions } from '../../platform/service-api';
import { EXIT } from '../../program/exit-codes';
import { print } from '../../terminal/print';
import { Progress } from '../../terminal/progress';
import { table } from '../../terminal/table';
import { limitOf } from '../limit';
import { momentOf } from './moment';

export interface SearchOptions extends CommonOptions {
  readonly provider?: string;
  readonly type?: string;
  readonly webhookId?: string;
  readonly since?: string;
  readonly until?: string;
  readonly contains?: string;
  readonly limit: string;
}

export interface ReplayOptions extends SearchOptions {
  readonly reason: string;
  readonly asNew?: boolean;
  readonly dryRun?: boolean;
}

interface Outcome {
  readonly id: string;
  readonly ok: boolean;
  readonly events: Redelivery['events'];
  readonly detail: string;
}

/** As many as the aggregator answers at once. */
const PAGE = 200;

export async function listEvents(options: SearchOptions): Promise<void> {
  const webhooks = await search(await ServiceApi.of('aggregator', options), options);
  if (options.json) return print(JSON.stringify({ webhooks }));
  printWebhooks(webhooks);
}

export async function showEvent(id: string, options: CommonOptions): Promise<void> {
  const api = await ServiceApi.of('aggregator', options);
  const webhook = await api.get(`/v1/webhooks/${encodeURIComponent(id)}`, StoredWebhookWithBody);
  if (options.json) return print(JSON.stringify(webhook));
  print(`${webhook.id}  ${webhook.receivedAt}  ${webhook.provider}  ${webhook.type}  ${webhook.webhookId}`);
  print(webhook.body);
}

/** Publishes accepted webhooks once more. Ends 1 when any of them could not be. */
export async function replayEvents(ids: readonly string[], options: ReplayOptions): Promise<void> {
  if (ids.length > 0 === isSearch(options))
    throw new Error('Name the webhooks to replay, or say which by --provider, --since and the like.');
  const api = await ServiceApi.of('aggregator', options);
  const found = ids.length > 0 ? [] : (await search(api, options)).reverse();
  if (options.dryRun) {
    if (options.json)
      return print(JSON.stringify({ webhooks: ids.length > 0 ? ids.map((id) => ({ id })) : found }));
    if (ids.length > 0) return ids.forEach(print);
    return printWebhooks(found);
  }
  const chosen = ids.length > 0 ? ids : found.map(({ id }) => id);
  const outcomes: Outcome[] = [];
  const progress = new Progress();
  for (const id of chosen) {
    progress.tell(`${outcomes.length} of ${chosen.length} replayed`);
    outcomes.push(await replay(api, id, options));
  }
  progress.end();
  process.exitCode = outcomes.every(({ ok }) => ok) ? EXIT.done : EXIT.failed;
  if (options.json) return print(JSON.stringify({ outcomes }));
  for (const { id, ok, events, detail } of outcomes)
    print(`${id}  ${ok ? events.map(({ type }) => type).join(', ') : detail}`);
  print(`${outcomes.filter(({ ok }) => ok).length} of ${outcomes.length} replayed.`);
}

async function replay(
  api: ServiceApi,
  id: string,
  { reason, asNew = false }: ReplayOptions,
): Promise<Outcome> {
  const path = `/v1/webhooks/${encodeURIComponent(id)}/redeliver`;
  try {
    const { events } = await api.post(path, { reason, asNew }, Redelivery);
    return { id, ok: true, events, detail: '' };
  } catch (error) {
    return { id, ok: false, events: [], detail: (error as Error).message };
  }
}

/** The latest first, page after page. */
async function search(api: ServiceApi, options: SearchOptions): Promise<StoredWebhook[]> {
  const limit = limitOf(options);
  const { provider, type, webhookId, since, until, contains } = options;
  const now = Date.now();
  const asked = {
    provider,
    type,
    webhookId,
    contains,
    since: since && momentOf(since, now),
    until: until && momentOf(until, now),
    limit: String(Math.min(limit, PAGE)),
  };
  const found: StoredWebhook[] = [];
  let after: string | undefined;
  do {
    const page: WebhookPage = await api.get(`/v1/webhooks${queryOf({ ...asked, after })}`, WebhookPage);
    found.push(...page.webhooks);
    after = page.next ?? undefined;
  } while (after !== undefined && found.length < limit);
  return found.slice(0, limit);
}

function isSearch({ provider, type, webhookId, since, until, contains }: SearchOptions): boolean {
  return [provider, type, webhookId, since, until, contains].some((each) => each !== undefined);
}

function printWebhooks(webhooks: readonly StoredWebhook[]): void {
  if (webhooks.length === 0) return print('No webhooks.');
  const rows = webhooks.map(({ id, receivedAt, provider, type, webhookId, sizeBytes }) => [
    id,
    receivedAt.slice(0, 19),
    provider,
    type,
    String(sizeBytes),
    webhookId,
  ]);
  for (const line of table(['ID', 'RECEIVED (UTC)', 'PROVIDER', 'TYPE', 'BYTES', 'WEBHOOK ID'], rows))
    print(line);
}

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  AlertChannelView,
  AlertDeliveryDetail,
  AlertDeliveryPage,
  AlertRouteView,
  type AlertDelivery,
  type AlertDeliveryState,
} from '@croupier/contracts';
import { ServiceAddresses } from '@croupier/service-kit';
import { z } from 'zod';
import { ApiClient } from '../platform/api-client';
import { operatorTokenOf } from '../platform/operator-token';

interface CommonOptions {
  readonly state: string;
  readonly json?: boolean;
}

export interface AlertsOptions extends CommonOptions {
  readonly channel?: string;
  readonly only?: string;
  readonly release?: string;
  readonly limit: string;
}

const ChannelList = z.object({ channels: z.array(AlertChannelView) });
const RouteList = z.object({ routes: z.array(AlertRouteView) });

const LOOK_EVERY_MS = 250;
const TEST_DEADLINE_MS = 60_000;
const OVER: readonly AlertDeliveryState[] = ['delivered', 'failed', 'skipped'];

/** Where alerts go, and which routes lead there. */
export async function listAlertChannels(options: CommonOptions): Promise<void> {
  const { api, url } = await alertsApi(options);
  const { channels } = ChannelList.parse(await api.get(`${url}/channels`));
  const { routes } = RouteList.parse(await api.get(`${url}/routes`));
  if (options.json) return print(JSON.stringify({ channels, routes }));
  for (const { name, settings, enabled } of channels) {
    const by = routes.filter((route) => route.channels.includes(name)).map((route) => route.name);
    print(
      `${name.padEnd(24)} ${settings.kind.padEnd(10)} ${enabled ? '' : 'disabled  '}${by.join(', ') || 'no route'}`,
    );
  }
}

/** Ends 0 when the sample has arrived. */
export async function testAlertChannel(channel: string, options: CommonOptions): Promise<void> {
  const { api, url } = await alertsApi(options);
  const headers = { 'idempotency-key': randomUUID() };
  const begun = await api.post(`${url}/channels/${encodeURIComponent(channel)}/test`, {}, headers);
  let delivery = AlertDeliveryDetail.parse(begun);
  const deadline = Date.now() + TEST_DEADLINE_MS;
  while (!OVER.includes(delivery.state) && Date.now() < deadline) {
    await delay(LOOK_EVERY_MS);
    delivery = AlertDeliveryDetail.parse(await api.get(`${url}/deliveries/${delivery.id}`));
  }
  printDelivery(delivery, options);
  process.exitCode = delivery.state === 'delivered' ? 0 : 1;
}

export async function listAlerts(options: AlertsOptions): Promise<void> {
  const { api, url } = await alertsApi(options);
  const search = {
    channel: options.channel,
    state: options.only,
    releaseId: options.release,
    limit: options.limit,
  };
  const given = Object.entries(search).filter((each): each is [string, string] => each[1] !== undefined);
  const query = new URLSearchParams(given).toString();
  const page = AlertDeliveryPage.parse(await api.get(`${url}/deliveries?${query}`));
  if (options.json) return print(JSON.stringify(page));
  for (const delivery of page.items) print(lineOf(delivery));
}

export async function showAlert(id: string, options: CommonOptions): Promise<void> {
  const { api, url } = await alertsApi(options);
  const answer = await api.get(`${url}/deliveries/${encodeURIComponent(id)}`);
  printDelivery(AlertDeliveryDetail.parse(answer), options);
}

export async function retryAlert(id: string, options: CommonOptions): Promise<void> {
  const { api, url } = await alertsApi(options);
  const answer = await api.post(`${url}/deliveries/${encodeURIComponent(id)}/retry`, {});
  printDelivery(AlertDeliveryDetail.parse(answer), options);
}

async function alertsApi(options: CommonOptions): Promise<{ api: ApiClient; url: string }> {
  const url = `${new ServiceAddresses(process.env).url('alerts')}/v1/alerts`;
  return { api: new ApiClient(await operatorTokenOf(options)), url };
}

function printDelivery(delivery: AlertDeliveryDetail, { json }: CommonOptions): void {
  if (json) return print(JSON.stringify(delivery));
  print(lineOf(delivery));
  for (const { number, at, durationMs, outcome, detail } of delivery.log)
    print(
      `  ${String(number).padStart(3)}  ${at}  ${outcome.padEnd(9)} ${durationMs.toFixed(0)} ms  ${detail}`,
    );
}

function lineOf({ id, createdAt, channel, state, attempts, message }: AlertDelivery): string {
  const count = `${attempts} attempt${attempts === 1 ? '' : 's'}`;
  return `${id}  ${createdAt}  ${channel.padEnd(16)} ${state.padEnd(9)} ${count}  ${message.severity}: ${message.title}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

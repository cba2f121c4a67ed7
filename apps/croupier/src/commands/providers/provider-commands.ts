import { ProviderSecret, ProviderSummary, ProviderTest, ProviderView } from '@croupier/contracts';
import { z } from 'zod';
import { queryOf, ServiceApi, type CommonOptions } from '../../platform/service-api';
import { EXIT } from '../../program/exit-codes';
import { coloursFor } from '../../terminal/colours';
import { print } from '../../terminal/print';
import { table } from '../../terminal/table';
import { jsonOf, textOf } from '../json-file';

const ProviderList = z.object({ providers: z.array(ProviderSummary) });

interface SecretOptions extends CommonOptions {
  readonly secretFile?: string;
}

/** As many as the aggregator answers at once. */
const PAGE = 500;

export async function listProviders(options: CommonOptions): Promise<void> {
  const api = await ServiceApi.of('aggregator', options);
  const providers: ProviderSummary[] = [];
  let page: ProviderSummary[];
  do {
    const query = queryOf({ limit: String(PAGE), after: providers.at(-1)?.name });
    ({ providers: page } = await api.get(`/v1/providers${query}`, ProviderList));
    providers.push(...page);
  } while (page.length === PAGE);
  if (options.json) return print(JSON.stringify({ providers }));
  if (providers.length === 0) return print('No providers.');
  const colours = coloursFor(process.stdout, process.env);
  const rows = providers.map(({ name, signature, payload, activeSecrets, rotatedAt, paused }) => [
    name,
    signature,
    payload,
    String(activeSecrets),
    rotatedAt?.slice(0, 10) ?? '-',
    paused ? colours('yellow', 'paused') : 'on',
  ]);
  for (const line of table(['NAME', 'SIGNATURE', 'PAYLOAD', 'SECRETS', 'ROTATED', 'STATE'], rows))
    print(line);
}

export async function showProvider(name: string, options: CommonOptions): Promise<void> {
  const api = await ServiceApi.of('aggregator', options);
  printProvider(await api.get(pathOf(name), ProviderView), options);
}

/** Refuses when there is one already: the same call would rotate its secret. */
export async function createProvider(
  name: string,
  options: SecretOptions & { readonly settings?: string },
): Promise<void> {
  const api = await ServiceApi.of('aggregator', options);
  if ((await api.find(pathOf(name), ProviderView)) !== null)
    throw new Error(
      `There is a provider ${name} already. For a new secret: croupier providers rotate ${name}.`,
    );
  const settings = options.settings === undefined ? {} : { settings: await jsonOf(options.settings) };
  const body = { ...settings, ...(await secretOf(options)) };
  printSecret(await api.put(pathOf(name), body, ProviderSecret), options);
}

export async function rotateProvider(
  name: string,
  options: SecretOptions & { readonly overlap?: string },
): Promise<void> {
  const api = await ServiceApi.of('aggregator', options);
  const overlap = options.overlap === undefined ? {} : { overlapSeconds: secondsOf(options.overlap) };
  const body = { ...overlap, ...(await secretOf(options)) };
  printSecret(await api.post(`${pathOf(name)}/rotate`, body, ProviderSecret), options);
}

export async function pauseProvider(
  name: string,
  options: CommonOptions & { readonly reason: string },
): Promise<void> {
  const api = await ServiceApi.of('aggregator', options);
  const { reason } = options;
  printProvider(await api.post(`${pathOf(name)}/pause`, { reason }, ProviderView), options);
}

export async function resumeProvider(name: string, options: CommonOptions): Promise<void> {
  const api = await ServiceApi.of('aggregator', options);
  printProvider(await api.post(`${pathOf(name)}/resume`, {}, ProviderView), options);
}

/** Ends 1 when a genuine webhook like the sample would be ignored. */
export async function testProvider(
  name: string,
  options: CommonOptions & { readonly payload?: string },
): Promise<void> {
  const api = await ServiceApi.of('aggregator', options);
  const body = options.payload === undefined ? {} : { payload: await jsonOf(options.payload) };
  const test = await api.post(`${pathOf(name)}/test`, body, ProviderTest);
  process.exitCode = test.outcome === 'accepted' ? EXIT.done : EXIT.failed;
  if (options.json) return print(JSON.stringify(test));
  print(`${test.outcome}${test.reason === null ? '' : `: ${test.reason}`}`);
  for (const { type, data } of test.events) print(`  ${type}  ${JSON.stringify(data)}`);
  print(`went the whole way as ${test.webhookId}, event ${test.eventId}`);
}

function pathOf(name: string): string {
  return `/v1/providers/${encodeURIComponent(name)}`;
}

async function secretOf({ secretFile }: SecretOptions): Promise<{ secret?: string }> {
  return secretFile === undefined ? {} : { secret: (await textOf(secretFile)).trim() };
}

function secondsOf(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new Error(`--overlap has to be a number of seconds, not ${text}.`);
  return Number(text);
}

function printSecret(shown: ProviderSecret, { json }: CommonOptions): void {
  if (json) return print(JSON.stringify(shown));
  print(shown.secret ?? `${shown.name} needs no secret.`);
  if (shown.secret !== null && process.stderr.isTTY)
    process.stderr.write('This is the only time that the secret is shown.\n');
}

function printProvider(provider: ProviderView, { json }: CommonOptions): void {
  if (json) return print(JSON.stringify(provider));
  const { name, createdAt, revision, paused, secrets, settings } = provider;
  print(`${name}  ${paused === null ? 'on' : `paused since ${paused.since}: ${paused.reason}`}`);
  print(`created ${createdAt}, revision ${revision}`);
  for (const secret of secrets)
    print(
      `secret of ${secret.createdAt}, ${secret.validUntil === null ? 'current' : `until ${secret.validUntil}`}`,
    );
  print(JSON.stringify(settings, null, 2));
}

import { FlagView } from '@croupier/contracts';
import { ServiceAddresses } from '@croupier/service-kit';
import { z } from 'zod';
import { ApiClient } from '../platform/api-client';
import { operatorTokenOf } from '../platform/operator-token';

interface Options {
  readonly state: string;
  readonly json?: boolean;
}

const FlagPage = z.object({ items: z.array(FlagView), next: z.string().nullable() });

/** How all flags stand, in each environment. */
export async function listFlags(options: Options & { readonly prefix?: string }): Promise<void> {
  const { api, url } = await flagsApi(options);
  const flags: FlagView[] = [];
  const query = new URLSearchParams({ limit: '200', namePrefix: options.prefix ?? '' });
  for (let path: string | null = `/v1/flags?${query.toString()}`; path !== null;) {
    const page: z.infer<typeof FlagPage> = FlagPage.parse(await api.get(url + path));
    flags.push(...page.items);
    path = page.next;
  }
  if (options.json) return print({ flags });
  for (const flag of flags) process.stdout.write(`${lineOf(flag)}\n`);
}

export type FlagOrder = 'on' | 'off' | 'kill' | 'revive';

/** Turns a flag where releases do, or in the environment that is given; kills and revives it everywhere. */
export async function orderFlag(
  order: FlagOrder,
  name: string,
  options: Options & { readonly reason: string; readonly environment?: string },
): Promise<void> {
  const { api, url } = await flagsApi(options);
  const { reason, environment } = options;
  const flag = `${url}/v1/flags/${encodeURIComponent(name)}`;
  const settings = { enabled: order === 'on', reason };
  const place = environment === undefined ? flag : `${flag}/environments/${encodeURIComponent(environment)}`;
  const answer =
    order === 'kill' || order === 'revive'
      ? await api.post(`${flag}/${order}`, { reason })
      : await api.put(place, settings);
  const view = FlagView.parse(answer);
  if (options.json) print(view);
  else process.stdout.write(`${lineOf(view)}\n`);
}

async function flagsApi(options: Options): Promise<{ api: ApiClient; url: string }> {
  return {
    api: new ApiClient(await operatorTokenOf(options)),
    url: new ServiceAddresses(process.env).url('flags'),
  };
}

function lineOf({ name, environments, killed, stale, potentiallyStale }: FlagView): string {
  const stands = Object.entries(environments).map(
    ([environment, { enabled }]) => `${environment} ${enabled ? 'on' : 'off'}`,
  );
  const notes = [
    killed && `killed by ${killed.actor}: ${killed.reason}`,
    stale ? 'stale' : potentiallyStale && 'older than expected',
  ].filter(Boolean);
  return [name.padEnd(40), stands.join(', ') || 'off', ...notes].join('  ');
}

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

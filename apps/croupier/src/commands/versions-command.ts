import {
  Impact,
  PoolStay,
  RevocationView,
  VersionDetail,
  VersionView,
  Whereabouts,
} from '@croupier/contracts';
import { ServiceAddresses } from '@croupier/service-kit';
import { z } from 'zod';
import { ApiClient } from '../platform/api-client';
import { operatorTokenOf } from '../platform/operator-token';

interface CommonOptions {
  readonly state: string;
  readonly json?: boolean;
}

interface ListOptions extends CommonOptions {
  readonly provider?: string;
  readonly game?: string;
  readonly pool?: string;
  readonly channel?: string;
  readonly clearedIn?: string;
  readonly search?: string;
  readonly limit: string;
}

interface WhereOptions extends CommonOptions {
  readonly at?: string;
  readonly market?: string;
  readonly provider?: string;
  readonly game?: string;
  readonly pool?: string;
  readonly limit: string;
}

interface RevokeOptions extends CommonOptions {
  readonly reason: string;
  readonly actor?: string;
}

/** As many as the registry answers at once. */
const PAGE = 200;

export async function listVersions(options: ListOptions): Promise<void> {
  const { provider, game, pool, channel, clearedIn, search: q } = options;
  const versions = await new Registry(await operatorTokenOf(options)).all(
    '/v1/versions',
    { provider, game, pool, channel, clearedIn, q },
    VersionView,
    limitOf(options),
  );
  if (options.json) return print(JSON.stringify({ versions }));
  for (const { id, originalVersion, channel, pool, clearedMarkets, markets } of versions)
    print(
      [
        id + (originalVersion === null ? '' : ` (${originalVersion})`),
        channel,
        pool,
        `cleared in ${clearedMarkets.length} of ${markets.length} markets`,
      ].join('  '),
    );
  print(versions.length === 0 ? 'No versions.' : `${versions.length} versions.`);
}

export async function showVersion(id: string, options: CommonOptions): Promise<void> {
  const registry = new Registry(await operatorTokenOf(options));
  const [provider, game, version] = partsOf(id);
  const [detail, pools, impact] = await Promise.all([
    registry.one(`/v1/games/${provider}/${game}/versions/${encodeURIComponent(version)}`, VersionDetail),
    registry.all(`/v1/versions/${encodeURIComponent(id)}/pools`, {}, PoolStay, PAGE),
    registry.one(`/v1/versions/${encodeURIComponent(id)}/impact`, Impact),
  ]);
  if (options.json) return print(JSON.stringify({ ...detail, pools, impact }));
  print(`${id}  ${detail.kind}  ${detail.channel}  ${detail.pool}`);
  if (detail.title !== null) print(detail.title);
  if (detail.originalVersion !== null) print(`called ${detail.originalVersion} by its provider`);
  print(`digest ${detail.digest}, ${detail.files.length} files, registered ${detail.registeredAt}`);
  const refused = detail.markets.filter((market) => !detail.clearedMarkets.includes(market));
  print(`may be dealt in ${listed(detail.clearedMarkets)}`);
  if (refused.length > 0) print(`may not be dealt in ${listed(refused)}`);
  for (const { subject, range } of detail.requires) print(`requires ${subject} ${range}`);
  print('\nwhere it has been, the latest first');
  for (const { pool, from, to, reason } of pools) print(`  ${pool}  ${from} to ${to ?? 'now'}  ${reason}`);
  print(`\nin production in place of ${impact.productionVersion ?? 'nothing'}: ${impact.change}`);
  for (const { id: dependant, range } of impact.breaks)
    print(`  breaks ${dependant}, which requires ${range}`);
  for (const { subject, range, productionVersion, fitting } of impact.first)
    print(`  first ${subject} ${range}: there is ${productionVersion ?? 'none'}, ${fitting ?? 'none'} fits`);
  print(`  purges ${impact.purge.prefix}, runs ${impact.migrations.length} migration scripts`);
}

export async function whereVersions(options: WhereOptions): Promise<void> {
  const { at, provider, game, pool, market } = options;
  const found = await new Registry(await operatorTokenOf(options)).all(
    '/v1/where',
    { at, provider, game, pool, market },
    Whereabouts,
    limitOf(options),
  );
  if (options.json) return print(JSON.stringify({ versions: found }));
  for (const { id, pool: where, role, weightPercent, from, reason } of found)
    print(
      `${id}  ${where}  ${role === null ? 'no traffic' : `${role} ${weightPercent} %`}  since ${from}  ${reason}`,
    );
  print(found.length === 0 ? 'Nothing.' : `${found.length} versions.`);
}

export async function revokeVersion(id: string, options: RevokeOptions): Promise<void> {
  const [provider, game, version] = partsOf(id);
  const registry = new Registry(await operatorTokenOf(options), options.actor);
  const path = `/v1/versions/${encodeURIComponent(`${provider}/${game}@${version}`)}/revoke`;
  const revocation = await registry.post(path, { reason: options.reason }, RevocationView);
  if (options.json) return print(JSON.stringify(revocation));
  const { already, registered, revoked } = revocation;
  print(
    `${id} ${already ? 'had been' : 'is'} revoked by ${revoked.author} at ${revoked.at}: ${revoked.reason}`,
  );
  if (!registered) print('It is not registered. It will be revoked from its registration on.');
}

class Registry {
  private readonly url = new ServiceAddresses(process.env).url('registry');
  private readonly api: ApiClient;

  constructor(operatorToken: string, actor?: string) {
    this.api = new ApiClient(operatorToken, actor);
  }

  async one<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>> {
    return schema.parse(await this.api.get(this.url + path));
  }

  async post<Schema extends z.ZodType>(path: string, body: object, schema: Schema): Promise<z.infer<Schema>> {
    return schema.parse(await this.api.post(this.url + path, body));
  }

  /** Page after page, up to a limit. */
  async all<Schema extends z.ZodType>(
    path: string,
    search: Readonly<Record<string, string | undefined>>,
    schema: Schema,
    limit: number,
  ): Promise<z.infer<Schema>[]> {
    const page = z.object({ items: z.array(schema), next: z.string().nullable() });
    const query = new URLSearchParams({ limit: String(Math.min(limit, PAGE)) });
    for (const [name, value] of Object.entries(search)) if (value !== undefined) query.set(name, value);
    const found: z.infer<Schema>[] = [];
    let next: string | null = `${path}?${query.toString()}`;
    while (next !== null && found.length < limit) {
      const answer: z.infer<typeof page> = await this.one(next, page);
      found.push(...answer.items);
      next = answer.next;
    }
    return found.slice(0, limit);
  }
}

function partsOf(id: string): [provider: string, game: string, version: string] {
  const [, provider, game, version] = /^([^/@]+)\/([^/@]+)@([^/]+)$/.exec(id) ?? [];
  if (!provider || !game || !version)
    throw new Error(`${id} is no version. Name one as ls does, such as acme/slots@1.4.0.`);
  return [provider, game, version];
}

function limitOf({ limit }: { readonly limit: string }): number {
  if (!/^[1-9]\d{0,5}$/.test(limit)) throw new Error(`--limit has to be a number, not ${limit}.`);
  return Number(limit);
}

function listed(markets: readonly string[]): string {
  return markets.length === 0 ? 'no market' : markets.join(', ');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

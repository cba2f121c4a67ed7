import { AccessTokenPage, AccessTokenShown, WhoAmI, type Grant } from '@croupier/contracts';
import { ServiceApi, type CommonOptions } from '../../platform/service-api';
import { print } from '../../terminal/print';
import { table } from '../../terminal/table';
import { grantOf } from './grant';

export interface CreateTokenOptions extends CommonOptions {
  readonly holder: string;
  readonly grant: readonly string[];
  readonly days: string;
  readonly reason: string;
}

export interface RotateTokenOptions extends CommonOptions {
  readonly days: string;
  readonly overlap: string;
}

/** The token is the one line on standard output, so that it can be piped to where it is kept. */
export async function createToken(name: string, options: CreateTokenOptions): Promise<void> {
  const api = await ServiceApi.of('access', options);
  const { holder, reason } = options;
  const grants = options.grant.map(grantOf);
  const order = { name, holder, grants, expiresInDays: Number(options.days), reason };
  printShown(await api.post('/v1/tokens', order, AccessTokenShown), options);
}

export async function rotateToken(id: string, options: RotateTokenOptions): Promise<void> {
  const api = await ServiceApi.of('access', options);
  const order = { expiresInDays: Number(options.days), overlapSeconds: Number(options.overlap) };
  printShown(await api.post(`${pathOf(id)}/rotate`, order, AccessTokenShown), options);
}

/** Newest first. */
export async function listTokens(options: CommonOptions): Promise<void> {
  const api = await ServiceApi.of('access', options);
  const tokens: AccessTokenPage['items'] = [];
  for (let path: string | null = '/v1/tokens?limit=200'; path !== null;) {
    const page: AccessTokenPage = await api.get(path, AccessTokenPage);
    tokens.push(...page.items);
    path = page.next;
  }
  if (options.json) return print(JSON.stringify({ tokens }));
  const rows = tokens.map(({ id, name, holder, state, expiresAt, lastUsedAt, grants }) => [
    ...[id, name, holder, state, expiresAt.slice(0, 10), lastUsedAt ?? 'never'],
    wordsOf(grants),
  ]);
  for (const line of table(['ID', 'NAME', 'HOLDER', 'STATE', 'EXPIRES', 'LAST USED', 'MAY'], rows))
    print(line);
}

export async function revokeToken(
  id: string,
  options: CommonOptions & { readonly reason: string },
): Promise<void> {
  const api = await ServiceApi.of('access', options);
  await api.delete(`${pathOf(id)}?${new URLSearchParams({ reason: options.reason }).toString()}`);
  print(options.json ? JSON.stringify({ id, state: 'revoked' }) : `${id} is revoked.`);
}

export async function showWhoAmI(options: CommonOptions): Promise<void> {
  const api = await ServiceApi.of('access', options);
  const who = await api.get('/v1/whoami', WhoAmI);
  if (options.json) return print(JSON.stringify(who));
  const until = who.expiresAt === null ? '' : `, until ${who.expiresAt}`;
  print(`${who.actor} (${who.kind})${until}: ${wordsOf(who.grants)}`);
}

function printShown(shown: AccessTokenShown, { json }: CommonOptions): void {
  if (json) return print(JSON.stringify(shown));
  process.stderr.write(`${shown.id}, until ${shown.expiresAt}. It is not shown again:\n`);
  print(shown.token);
}

function pathOf(id: string): string {
  return `/v1/tokens/${encodeURIComponent(id)}`;
}

function wordsOf(grants: readonly Grant[]): string {
  return grants
    .map(({ role, subject, markets }) => [role, subject, ...(markets ? [markets.join(',')] : [])].join(':'))
    .join(' ');
}

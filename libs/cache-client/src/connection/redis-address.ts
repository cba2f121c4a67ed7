/** Where a Redis is, and how it is run. */
export type RedisAddress =
  | { readonly kind: 'single'; readonly url: string }
  | ({ readonly kind: 'sentinel'; readonly master: string } & Nodes)
  | ({ readonly kind: 'cluster' } & Nodes);

interface Nodes {
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
}

const MANY = /^(rediss?)\+(sentinel|cluster):\/\/(?:([^@/?#]*)@)?([^@/?#]+)(?:\/([^/?#]*))?$/;
const DEFAULT_PORTS = { sentinel: 26_379, cluster: 6_379 } as const;

/**
 * `redis://host:port/db`, `redis+sentinel://host:port,host:port/name-of-the-master` or
 * `redis+cluster://host:port,host:port`, each with `rediss` for TLS and with `user:password@`. Null for anything else.
 */
export function redisAddress(text: string): RedisAddress | null {
  const many = MANY.exec(text);
  if (many) return ofMany(many);
  if (!URL.canParse(text) || !/^rediss?:$/.test(new URL(text).protocol)) return null;
  return { kind: 'single', url: text };
}

export function isRedisAddress(text: string): boolean {
  return redisAddress(text) !== null;
}

function ofMany([, scheme, how, credentials, hosts = '', path = '']: RegExpExecArray): RedisAddress | null {
  const kind = how === 'sentinel' ? 'sentinel' : 'cluster';
  const nodes = hosts.split(',').map((each) => nodeOf(each, DEFAULT_PORTS[kind]));
  const known = nodes.filter((node) => node !== null);
  if (known.length < nodes.length) return null;
  const shared = { nodes: known, tls: scheme === 'rediss', ...credentialsOf(credentials) };
  if (kind === 'sentinel') return path === '' ? null : { kind, master: path, ...shared };
  return path === '' ? { kind, ...shared } : null;
}

function nodeOf(text: string, defaultPort: number): { host: string; port: number } | null {
  if (!URL.canParse(`redis://${text}`)) return null;
  const { hostname, port } = new URL(`redis://${text}`);
  if (hostname === '') return null;
  // Brackets belong to the URL and not to an IPv6 address.
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? defaultPort : Number(port) };
}

function credentialsOf(text: string | undefined): { username?: string; password?: string } {
  if (text === undefined || text === '') return {};
  const [username = '', password = ''] = text.split(':', 2).map(decodeURIComponent);
  return { ...(username === '' ? {} : { username }), ...(password === '' ? {} : { password }) };
}

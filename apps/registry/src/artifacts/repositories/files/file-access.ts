import type { Fetching } from '../../fetching';
import type { FileSettings, RepositorySettings } from '../../artifact-config';

/** What a repository manager keeps about a file. */
export interface FileRecord {
  readonly sha256: string;
  readonly sizeBytes: number | null;
  /** Where its bytes are. */
  readonly downloadUrl: string;
}

/** How files are reached in one kind of repository. */
export interface FileAccess {
  readonly repository: FileSettings['kind'];
  /** What the repository itself says of the file; null where it keeps no such thing. @throws Refused */
  record(url: string, fetching: Fetching): Promise<FileRecord | null>;
  headers(url: string): Record<string, string>;
}

/** Only for addresses that begin with the repository's own. */
export function authorizationFor(
  settings: { readonly url: string } & Pick<RepositorySettings, 'username' | 'password' | 'token'>,
  url: string,
): Record<string, string> {
  if (!isUnder(settings.url, url)) return {};
  const { username, password, token } = settings;
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (username === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}` };
}

export function isUnder(base: string, url: string): boolean {
  const [outer, inner] = [new URL(base), new URL(url)];
  const path = outer.pathname.replace(/\/$/, '');
  return outer.origin === inner.origin && (path === '' || inner.pathname.startsWith(`${path}/`));
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
const HOST = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/;
const REPOSITORY = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
/** Of all algorithms that OCI knows the one that every registry has. Others, and digests cut short, are none. */
export const OCI_DIGEST = /^sha256:[0-9a-f]{64}$/;

export interface OciReference {
  /** With its port, where it has one. */
  readonly host: string;
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

/**
 * `registry.example.com/platform/wallet:1.4.0`, `...@sha256:...`, or both, of which the digest holds. A tag or a
 * digest has to be there: `latest` is nobody's version.
 *
 * @returns null for anything else
 */
export function ociReference(text: string): OciReference | null {
  const [named = '', digest = null, ...more] = text.replace(/^oci:\/\//, '').split('@');
  const slash = named.indexOf('/');
  if (slash < 1 || more.length > 0) return null;
  const host = named.slice(0, slash).toLowerCase();
  const [repository = '', tag = null, ...rest] = named.slice(slash + 1).split(':');
  if (rest.length > 0 || !HOST.test(host) || !REPOSITORY.test(repository) || repository.length > 255)
    return null;
  if (tag !== null && !TAG.test(tag)) return null;
  if (digest !== null && !OCI_DIGEST.test(digest)) return null;
  return tag === null && digest === null ? null : { host, repository, tag, digest };
}

/** Docker's rule: only a name with a dot or a port, or `localhost`, is a host. */
export function namesHost(reference: string): boolean {
  const [first = '', ...rest] = reference.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
}

export function pinnedReference({ host, repository }: OciReference, digest: string): string {
  return `oci://${host}/${repository}@${digest}`;
}

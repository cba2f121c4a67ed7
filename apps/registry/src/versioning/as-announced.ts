import type { GameVersionAnnounced } from '@croupier/contracts';

/**
 * A manifest of a provider with versions of its own names the version as the provider does. It counts as the SemVer that
 * was made of it; its bytes, and so its digest, stay as they are.
 */
export function asAnnounced(
  manifest: unknown,
  { version, originalVersion }: Pick<GameVersionAnnounced, 'version' | 'originalVersion'>,
): unknown {
  if (originalVersion === undefined || typeof manifest !== 'object' || manifest === null) return manifest;
  const named = manifest as { version?: unknown; originalVersion?: unknown };
  if (named.version !== undefined && named.version !== originalVersion) {
    // It gives both names, and has to mean the same version by them.
    return named.originalVersion === undefined || named.originalVersion === originalVersion
      ? { ...named, originalVersion }
      : manifest;
  }
  return { ...named, version, originalVersion };
}

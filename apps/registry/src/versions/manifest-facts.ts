import type { Channel, GameManifest, SubjectKind } from '@croupier/contracts';
import { prerelease } from 'semver';

/** What a manifest says of its version, with what follows where it says nothing. */
export interface ManifestFacts {
  readonly kind: SubjectKind;
  readonly title: string | null;
  readonly channel: Channel;
  readonly originalVersion: string | null;
  readonly rtpVariants: readonly number[];
  readonly currencies: readonly string[];
  readonly languages: readonly string[];
  readonly devices: readonly string[];
  readonly releaseNotes: string;
}

export function factsOf(manifest: GameManifest): ManifestFacts {
  return {
    kind: manifest.kind ?? 'game',
    title: manifest.title ?? null,
    channel: manifest.channel ?? (prerelease(manifest.version) === null ? 'stable' : 'beta'),
    originalVersion: manifest.originalVersion ?? null,
    rtpVariants: manifest.rtpVariants ?? [],
    currencies: manifest.currencies ?? [],
    languages: manifest.languages ?? [],
    devices: manifest.devices ?? [],
    releaseNotes: manifest.releaseNotes ?? '',
  };
}

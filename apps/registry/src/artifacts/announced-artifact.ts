import {
  subjectId,
  type CloudEvent,
  type GameVersionAnnounced,
  type ModuleArtifact,
  type ModuleReleased,
} from '@croupier/contracts';
import type { EventOrigin } from '@croupier/messaging';

/** Where a version is, as it was announced. */
export type AnnouncedSource =
  /** A manifest on a web server or in a repository manager, or a bundle in an OCI registry. */
  | { readonly kind: 'manifest'; readonly url: string }
  /** An artifact of a module's pipeline; null when the pipeline told of none. */
  | { readonly kind: 'module'; readonly artifact: ModuleArtifact | null };

/** A version that somebody says is out. */
export interface AnnouncedArtifact {
  readonly eventId: string;
  readonly eventTime: string;
  readonly provider: string;
  readonly game: string;
  readonly version: string;
  /** As the provider writes it. */
  readonly originalVersion?: string | undefined;
  readonly announcedAt: string;
  readonly webhookId: string;
  readonly source: AnnouncedSource;
  /** SHA-256 of the manifest, where it was announced. */
  readonly manifestSha256: string | null;
  readonly origin: EventOrigin;
}

export function announcedGame(event: CloudEvent<string, GameVersionAnnounced>): AnnouncedArtifact {
  const { manifestUrl, manifestSha256, game } = event.data;
  const source = { kind: 'manifest', url: manifestUrl } as const;
  return { ...common(event, game), originalVersion: event.data.originalVersion, source, manifestSha256 };
}

export function announcedModule(event: CloudEvent<string, ModuleReleased>): AnnouncedArtifact {
  const { artifact, module } = event.data;
  return { ...common(event, module), source: { kind: 'module', artifact }, manifestSha256: null };
}

/** The source in one line, as it was announced. */
export function referenceOf({ source }: AnnouncedArtifact): string {
  return source.kind === 'manifest' ? source.url : (source.artifact?.reference ?? '');
}

/** The digest that was announced, of whatever it is. */
export function digestAnnounced({ source, manifestSha256 }: AnnouncedArtifact): string | null {
  if (source.kind === 'manifest') return manifestSha256;
  return source.artifact?.kind === 'image' ? source.artifact.digest : (source.artifact?.sha256 ?? null);
}

function common(
  event: CloudEvent<string, GameVersionAnnounced | ModuleReleased>,
  game: string,
): Omit<AnnouncedArtifact, 'source' | 'manifestSha256'> {
  const { provider, version, announcedAt, webhookId } = event.data;
  return {
    eventId: event.id,
    eventTime: event.time,
    provider,
    game,
    version,
    announcedAt,
    webhookId,
    origin: {
      source: 'croupier/registry',
      subject: subjectId(provider, game),
      traceparent: event.traceparent,
    },
  };
}

import type {
  ClearanceChanged,
  CloudEvent,
  InvalidationCause,
  ReleaseId,
  ReleaseStaged,
  RolloutPromoted,
  RolloutRolledBack,
} from '@croupier/contracts';
import type { PlaceholderValues } from './fill-template';

export type ChangeKind = 'staged' | 'promoted' | 'rolledBack' | 'revoked';

/** What an event means to caches. */
export interface VersionChange {
  readonly kind: ChangeKind;
  readonly cause: InvalidationCause;
  readonly eventId: string;
  readonly actor: string;
  readonly reason: string;
  readonly releaseId: ReleaseId | null;
  readonly provider: string;
  readonly game: string;
  readonly version: string;
  readonly values: PlaceholderValues;
}

export type VersionEvent =
  | CloudEvent<'release.staged', ReleaseStaged>
  | CloudEvent<'rollout.promoted', RolloutPromoted>
  | CloudEvent<'rollout.rolled_back', RolloutRolledBack>
  | CloudEvent<'clearance.changed', ClearanceChanged>;

/** Null for what changes nothing that is cached. */
export function versionChangeOf(event: VersionEvent): VersionChange | null {
  const { provider, game, version } = event.data;
  const subject = { eventId: event.id, provider, game, version };
  const named = { provider, game, version };
  switch (event.type) {
    case 'release.staged':
      return {
        ...subject,
        kind: 'staged',
        cause: event.type,
        actor: event.source,
        reason: `${version} is about to be released`,
        releaseId: event.data.releaseId,
        values: { ...named, current: version, previous: null },
      };
    case 'rollout.promoted':
      return {
        ...subject,
        kind: 'promoted',
        cause: event.type,
        actor: event.source,
        reason: `${version} was promoted`,
        releaseId: event.data.releaseId,
        values: { ...named, current: version, previous: event.data.previousVersion },
      };
    case 'rollout.rolled_back':
      return {
        ...subject,
        kind: 'rolledBack',
        cause: event.type,
        actor: event.source,
        reason: `${version} was rolled back: ${event.data.reason}`,
        releaseId: event.data.releaseId,
        values: { ...named, current: event.data.stableVersion, previous: version },
      };
    case 'clearance.changed':
      if (!event.data.clearance.revoked) return null;
      return {
        ...subject,
        kind: 'revoked',
        cause: event.type,
        actor: event.data.actor,
        reason: `${version} was revoked: ${event.data.reason}`,
        releaseId: null,
        values: { ...named, current: null, previous: version },
      };
  }
}

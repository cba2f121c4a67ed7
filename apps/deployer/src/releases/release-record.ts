import type { GameManifest, ReleaseId, ReleaseStatus } from '@croupier/contracts';
import type { StoredRelease } from '@croupier/orchestrator';
import type { RolloutState } from '@croupier/rollout';

/** A release as stored: its artifact, its folded state, and the head of its timeline. */
export interface ReleaseRecord extends StoredRelease {
  readonly provider: string;
  readonly game: string;
  readonly version: string;
  readonly attempt: number;
  readonly digest: string;
  readonly manifestUrl: string;
  readonly manifest: GameManifest;
  readonly status: ReleaseStatus;
  readonly lastHash: string;
  readonly weightPercent: number;
  readonly stableVersion: string | null;
  readonly reason: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What the orchestrator has to know. */
export interface StoredRow {
  readonly id: ReleaseId;
  readonly partition: number;
  readonly revision: number;
  readonly state: RolloutState;
  /** A number within JSON, a string from a column. */
  readonly first_routing_version: string | number | null;
  readonly step_routing_version: string | number | null;
}

export interface ReleaseRow extends StoredRow {
  readonly provider: string;
  readonly game: string;
  readonly version: string;
  readonly attempt: number;
  readonly digest: string;
  readonly manifest_url: string;
  readonly manifest: GameManifest;
  readonly status: ReleaseStatus;
  readonly last_hash: string;
  readonly weight_percent: string;
  readonly stable_version: string | null;
  readonly reason: string;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export const STORED_COLUMNS = 'id, partition, revision, state, first_routing_version, step_routing_version';

export function storedOf(row: StoredRow): StoredRelease {
  return {
    id: row.id,
    partition: row.partition,
    revision: row.revision,
    state: row.state,
    firstRoutingVersion: row.first_routing_version === null ? null : Number(row.first_routing_version),
    stepRoutingVersion: row.step_routing_version === null ? null : Number(row.step_routing_version),
  };
}

export function recordOf(row: ReleaseRow): ReleaseRecord {
  return {
    ...storedOf(row),
    provider: row.provider,
    game: row.game,
    version: row.version,
    attempt: row.attempt,
    digest: row.digest,
    manifestUrl: row.manifest_url,
    manifest: row.manifest,
    status: row.status,
    lastHash: row.last_hash,
    weightPercent: Number(row.weight_percent),
    stableVersion: row.stable_version,
    reason: row.reason,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

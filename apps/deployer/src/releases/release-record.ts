import type { GameManifest, ReleaseId, ReleaseStatus } from '@croupier/contracts';
import type { RolloutState } from '@croupier/rollout';

/** A release as stored: its artifact, its folded state, and the head of its timeline. */
export interface ReleaseRecord {
  readonly id: ReleaseId;
  readonly provider: string;
  readonly game: string;
  readonly version: string;
  readonly digest: string;
  readonly manifestUrl: string;
  readonly manifest: GameManifest;
  readonly state: RolloutState;
  readonly status: ReleaseStatus;
  /** Sequence of the timeline's last entry. */
  readonly revision: number;
  readonly lastHash: string;
  /** The snapshot that first gave this version traffic. */
  readonly firstRoutingVersion: number | null;
  /** The snapshot that carries the present weight; null until there is one. */
  readonly stepRoutingVersion: number | null;
  readonly weightPercent: number;
  readonly stableVersion: string | null;
  readonly reason: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface ReleaseRow {
  readonly id: ReleaseId;
  readonly provider: string;
  readonly game: string;
  readonly version: string;
  readonly digest: string;
  readonly manifest_url: string;
  readonly manifest: GameManifest;
  readonly state: RolloutState;
  readonly status: ReleaseStatus;
  readonly revision: number;
  readonly last_hash: string;
  readonly first_routing_version: string | null;
  readonly step_routing_version: string | null;
  readonly weight_percent: string;
  readonly stable_version: string | null;
  readonly reason: string;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export function recordOf(row: ReleaseRow): ReleaseRecord {
  return {
    id: row.id,
    provider: row.provider,
    game: row.game,
    version: row.version,
    digest: row.digest,
    manifestUrl: row.manifest_url,
    manifest: row.manifest,
    state: row.state,
    status: row.status,
    revision: row.revision,
    lastHash: row.last_hash,
    firstRoutingVersion: row.first_routing_version === null ? null : Number(row.first_routing_version),
    stepRoutingVersion: row.step_routing_version === null ? null : Number(row.step_routing_version),
    weightPercent: Number(row.weight_percent),
    stableVersion: row.stable_version,
    reason: row.reason,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

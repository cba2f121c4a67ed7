import { Injectable } from '@nestjs/common';
import type { GameManifest, ReleaseId } from '@croupier/contracts';
import { Outbox } from '@croupier/messaging';
import {
  currentWeight,
  evolve,
  isActive,
  statusOf,
  summary,
  wakeAt,
  type Decision,
  type RolloutEvent,
  type RolloutState,
} from '@croupier/rollout';
import { DataSource, type EntityManager } from 'typeorm';
import { EffectRepository } from '../effects/effect-repository';
import { GENESIS_HASH } from '../timeline/hash-chain';
import { TimelineRepository, type NewEntry, type TimelineHead } from '../timeline/timeline-repository';
import { messagesOf } from './release-messages';
import { recordOf, type ReleaseRecord, type ReleaseRow } from './release-record';

export interface Artifact {
  readonly digest: string;
  readonly manifestUrl: string;
  readonly manifest: GameManifest;
}

const DEPLOYER = 'deployer';

@Injectable()
export class ReleaseRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly timeline: TimelineRepository,
    private readonly effects: EffectRepository,
    private readonly outbox: Outbox,
  ) {}

  /** Creates the release unless this version has one already; answers whether it did. */
  async create(tx: EntityManager, id: ReleaseId, artifact: Artifact, decision: Decision): Promise<boolean> {
    const state = fold(undefined, decision.events);
    const { provider, game, version } = artifact.manifest;
    const inserted = await tx.query<unknown[]>(
      `INSERT INTO releases (id, provider, game, version, digest, manifest_url, manifest, status, state, revision, last_hash)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10) ON CONFLICT DO NOTHING RETURNING id`,
      [
        id,
        provider,
        game,
        version,
        artifact.digest,
        artifact.manifestUrl,
        JSON.stringify(artifact.manifest),
        statusOf(state),
        JSON.stringify(state),
        GENESIS_HASH,
      ],
    );
    if (inserted.length === 0) return false;
    const head = { id, revision: 0, lastHash: GENESIS_HASH };
    await this.commit(tx, head, state, decision, artifact.manifest.flags);
    return true;
  }

  /** The release, locked until the transaction ends. */
  async lock(tx: EntityManager, id: ReleaseId): Promise<ReleaseRecord | null> {
    const rows = await tx.query<ReleaseRow[]>('SELECT * FROM releases WHERE id = $1 FOR UPDATE', [id]);
    return rows[0] ? recordOf(rows[0]) : null;
  }

  /** Appends the decision's events, folds them, and leaves its effects and messages to be done after commit. */
  async apply(tx: EntityManager, record: ReleaseRecord, decision: Decision): Promise<void> {
    if (decision.events.length === 0) return;
    const state = fold(record.state, decision.events);
    await this.commit(tx, record, state, decision, record.manifest.flags);
  }

  /** Something another service did for this release: told on its timeline, without a decision. */
  async note(tx: EntityManager, record: ReleaseRecord, entry: NewEntry): Promise<void> {
    const head = await this.timeline.append(tx, record, [entry]);
    await tx.query('UPDATE releases SET revision = $2, last_hash = $3 WHERE id = $1', [
      record.id,
      head.revision,
      head.lastHash,
    ]);
  }

  async markRouted(tx: EntityManager, id: ReleaseId, routingVersion: number): Promise<void> {
    await tx.query(
      `UPDATE releases SET step_routing_version = $2, first_routing_version = coalesce(first_routing_version, $2)
       WHERE id = $1`,
      [id, routingVersion],
    );
  }

  /** Releases the loop still has something to do for, oldest version first. */
  async unfinished(): Promise<(ReleaseRecord & { readonly wakeAt: Date | null })[]> {
    const rows = await this.dataSource.query<(ReleaseRow & { wake_at: Date | null })[]>(
      'SELECT * FROM releases WHERE NOT finished ORDER BY created_at',
    );
    return rows.map((row) => ({ ...recordOf(row), wakeAt: row.wake_at }));
  }

  async find(id: ReleaseId): Promise<ReleaseRecord | null> {
    const rows = await this.dataSource.query<ReleaseRow[]>('SELECT * FROM releases WHERE id = $1', [id]);
    return rows[0] ? recordOf(rows[0]) : null;
  }

  async activeOf(provider: string, game: string, version: string): Promise<ReleaseRecord | null> {
    const rows = await this.dataSource.query<ReleaseRow[]>(
      'SELECT * FROM releases WHERE provider = $1 AND game = $2 AND version = $3 AND active',
      [provider, game, version],
    );
    return rows[0] ? recordOf(rows[0]) : null;
  }

  async list(filter: ReleaseFilter): Promise<ReleaseRecord[]> {
    const rows = await this.dataSource.query<ReleaseRow[]>(
      `SELECT * FROM releases
       WHERE ($1::text IS NULL OR provider = $1) AND ($2::text IS NULL OR game = $2)
         AND ($3::text IS NULL OR status = $3) AND ($4::timestamptz IS NULL OR created_at < $4)
       ORDER BY created_at DESC LIMIT $5`,
      [
        filter.provider ?? null,
        filter.game ?? null,
        filter.status ?? null,
        filter.before ?? null,
        filter.limit,
      ],
    );
    return rows.map(recordOf);
  }

  private async commit(
    tx: EntityManager,
    head: TimelineHead,
    state: RolloutState,
    decision: Decision,
    flags: readonly string[],
  ): Promise<void> {
    const entries = decision.events.map(entryOf);
    const next = await this.timeline.append(tx, head, entries);
    const wake = wakeAt(state);
    await tx.query(
      `UPDATE releases SET state = $2, status = $3, active = $4, finished = $5, weight_percent = $6,
         stable_version = $7, reason = $8, revision = $9, last_hash = $10, wake_at = $11, updated_at = now(),
         step_routing_version = CASE WHEN $12 THEN NULL ELSE step_routing_version END
       WHERE id = $1`,
      [
        head.id,
        JSON.stringify(state),
        statusOf(state),
        isActive(state),
        isFinished(state),
        currentWeight(state),
        state.plan.stableVersion,
        entries.at(-1)?.summary ?? '',
        next.revision,
        next.lastHash,
        wake === null ? null : new Date(wake),
        decision.effects.some(({ kind }) => kind === 'set-weight'),
      ],
    );
    await this.effects.add(tx, head.id, decision.effects);
    await this.outbox.append(tx, ...decision.events.flatMap((event) => messagesOf(event, flags)));
  }
}

export interface ReleaseFilter {
  readonly provider?: string | undefined;
  readonly game?: string | undefined;
  readonly status?: string | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

function fold(state: RolloutState | undefined, events: readonly RolloutEvent[]): RolloutState {
  const folded = events.reduce<RolloutState | undefined>(evolve, state);
  if (!folded) throw new Error('A release begins with an event');
  return folded;
}

/** Nothing more will happen by itself: no slot, no weight to confirm, nothing left to stop. */
function isFinished({ phase }: RolloutState): boolean {
  switch (phase.kind) {
    case 'failed':
      return true;
    case 'promoted':
      return phase.retired;
    case 'rolled-back':
      return phase.retired && phase.switchedAt !== null;
    default:
      return false;
  }
}

function entryOf(event: RolloutEvent): NewEntry {
  const actor = 'actor' in event && event.actor ? event.actor : DEPLOYER;
  return { type: event.type, at: event.at, actor, summary: summary(event), data: event };
}

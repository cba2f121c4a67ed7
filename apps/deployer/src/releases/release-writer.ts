import { Injectable } from '@nestjs/common';
import type { CloudEvent, GameManifest, ReleaseId } from '@croupier/contracts';
import { Outbox } from '@croupier/messaging';
import { isMessage, isTraffic, type PendingEffect, type StoredRelease } from '@croupier/orchestrator';
import {
  currentWeight,
  isActive,
  isFinished,
  reasonOf,
  statusOf,
  summary,
  type Effect,
  type RolloutEvent,
  type RolloutState,
} from '@croupier/rollout';
import type { EntityManager } from 'typeorm';
import { TimelineRepository, type Appended, type NewEntry } from '../timeline/timeline-repository';
import { messagesOf, type StagedArtifact } from './release-messages';
import { STORED_COLUMNS, storedOf, type StoredRow } from './release-record';

/** A release with what has just been decided for it. */
export interface Written {
  readonly before: Pick<StoredRelease, 'id' | 'revision'> & { readonly lastHash: string };
  /** What its manifest names. */
  readonly flags: readonly string[];
  /** Of the trace that the release belongs to. */
  readonly traceparent: string | null;
  readonly state: RolloutState;
  readonly events: readonly RolloutEvent[];
  readonly effects: readonly Effect[];
}

interface EffectRow {
  readonly release_id: StoredRelease['id'];
  readonly sequence: string;
  readonly effect: Effect;
}

const DEPLOYER = 'deployer';

/** Makes decisions durable: events, state, effects and messages of any number of releases, a few statements for all. */
@Injectable()
export class ReleaseWriter {
  constructor(
    private readonly timeline: TimelineRepository,
    private readonly outbox: Outbox,
  ) {}

  async write(tx: EntityManager, written: readonly Written[]): Promise<StoredRelease[]> {
    if (written.length === 0) return [];
    const appended = written.map(({ before, events }) => this.timeline.chain(before, events.map(entryOf)));
    await this.timeline.store(tx, appended);
    const [rows] = await tx.query<[StoredRow[], number]>(
      `UPDATE releases AS r SET state = n.state, status = n.status, active = n.active, finished = n.finished,
         weight_percent = n.weight, stable_version = n.stable, reason = coalesce(n.reason, r.reason), revision = n.revision,
         last_hash = n.hash, updated_at = now(), changed_by = pg_current_xact_id(),
         step_routing_version = CASE WHEN n.unrouted THEN NULL ELSE r.step_routing_version END
       FROM jsonb_to_recordset($1::jsonb) AS n(id uuid, state jsonb, status text, active boolean, finished boolean,
         weight numeric, stable text, reason text, revision integer, hash text, unrouted boolean)
       WHERE r.id = n.id
       RETURNING ${STORED_COLUMNS.replaceAll(/\w+/g, 'r.$&')}`,
      [JSON.stringify(written.map((each, index) => rowOf(each, appended[index]!)))],
    );
    await this.outbox.append(tx, ...(await this.messages(tx, written)));
    return rows.map(storedOf);
  }

  async addEffects(tx: EntityManager, written: readonly Written[]): Promise<PendingEffect[]> {
    const rows = written.flatMap(({ before, effects }) =>
      effects.filter((effect) => !isMessage(effect)).map((effect) => ({ id: before.id, effect })),
    );
    if (rows.length === 0) return [];
    const added = await tx.query<EffectRow[]>(
      `INSERT INTO effects (key, release_id, effect)
       SELECT e.effect ->> 'key', e.id, e.effect
       FROM jsonb_to_recordset($1::jsonb) AS e(id uuid, effect jsonb, place integer) ORDER BY e.place
       ON CONFLICT (key) DO NOTHING RETURNING release_id, sequence, effect`,
      [JSON.stringify(rows.map((row, place) => ({ ...row, place })))],
    );
    return added.map(pendingOf);
  }

  /** Something another service did for this release: told on its timeline, without a decision. */
  async note(tx: EntityManager, release: Written['before'], entry: NewEntry): Promise<void> {
    const appended = this.timeline.chain(release, [entry]);
    await this.timeline.store(tx, [appended]);
    await tx.query(
      `UPDATE releases SET revision = $2, last_hash = $3, changed_by = pg_current_xact_id() WHERE id = $1`,
      [release.id, appended.head.revision, appended.head.lastHash],
    );
  }

  private async messages(tx: EntityManager, written: readonly Written[]): Promise<CloudEvent[]> {
    const staged = written.filter(({ events }) => events.some(({ type }) => type === 'release.staged'));
    const artifacts = await this.artifactsOf(
      tx,
      staged.map(({ before }) => before.id),
    );
    return written.flatMap(({ before, events, flags, state, traceparent }) =>
      events.flatMap((event) =>
        messagesOf(event, { plan: state.plan, flags, traceparent, artifact: artifacts.get(before.id) }),
      ),
    );
  }

  private async artifactsOf(
    tx: EntityManager,
    ids: readonly ReleaseId[],
  ): Promise<Map<ReleaseId, StagedArtifact>> {
    if (ids.length === 0) return new Map();
    const rows = await tx.query<{ id: ReleaseId; manifest: GameManifest; manifest_url: string }[]>(
      'SELECT id, manifest, manifest_url FROM releases WHERE id = ANY($1)',
      [ids],
    );
    return new Map(
      rows.map(({ id, manifest, manifest_url }) => [id, { manifest, manifestUrl: manifest_url }]),
    );
  }
}

export function pendingOf({ release_id, sequence, effect }: EffectRow): PendingEffect {
  return { releaseId: release_id, sequence: Number(sequence), effect };
}

function rowOf({ state, events, effects }: Written, { head }: Appended): object {
  return {
    id: head.id,
    state,
    status: statusOf(state),
    active: isActive(state),
    finished: isFinished(state),
    weight: currentWeight(state),
    stable: state.plan.stableVersion,
    reason: reasonOf(state, events),
    revision: head.revision,
    hash: head.lastHash,
    unrouted: effects.some(isTraffic),
  };
}

function entryOf(event: RolloutEvent): NewEntry {
  const actor = 'actor' in event && event.actor ? event.actor : DEPLOYER;
  return { type: event.type, at: event.at, actor, summary: summary(event), data: event };
}

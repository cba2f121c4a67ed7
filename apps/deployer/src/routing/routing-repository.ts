import { Injectable } from '@nestjs/common';
import {
  RoutingSnapshot,
  subjectId,
  type GameManifest,
  type RoutedVersion,
  type SubjectId,
  type SubjectRoute,
} from '@croupier/contracts';
import { newEvent, Outbox } from '@croupier/messaging';
import type { Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';

interface SubjectRow {
  readonly provider: string;
  readonly game: string;
  readonly salt: string;
  readonly stable_version: string | null;
  readonly canary_version: string | null;
  readonly canary_buckets: number;
}

interface WorkloadRow {
  readonly provider: string;
  readonly game: string;
  readonly version: string;
  readonly digest: string;
  readonly manifest_url: string;
  readonly manifest: GameManifest;
  readonly endpoint: string;
}

const BUCKETS = 10_000;

/** What the gateways deal by. Each change rebuilds the snapshot under a row lock and raises its version by one. */
@Injectable()
export class RoutingRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  async version(): Promise<number> {
    const [row] = await this.dataSource.query<{ routing_version: string }[]>(
      'SELECT routing_version FROM routing',
    );
    return Number(row?.routing_version ?? 0);
  }

  async snapshot(): Promise<RoutingSnapshot> {
    const [row] = await this.dataSource.query<{ snapshot: unknown }[]>('SELECT snapshot FROM routing');
    return RoutingSnapshot.parse(row?.snapshot);
  }

  async stableVersion(provider: string, game: string): Promise<string | null> {
    const rows = await this.dataSource.query<{ stable_version: string | null }[]>(
      'SELECT stable_version FROM subjects WHERE provider = $1 AND game = $2',
      [provider, game],
    );
    return rows[0]?.stable_version ?? null;
  }

  /** The salt is drawn once for a subject, and for good: a player's bucket must not change. */
  async ensureSubject(tx: Transaction, provider: string, game: string): Promise<void> {
    const salt = Math.floor(Math.random() * 0x1_0000_0000);
    await tx.query(`INSERT INTO subjects (provider, game, salt) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, [
      provider,
      game,
      salt,
    ]);
  }

  /** Answers the routing version that carries the weight. */
  async setCanary(
    tx: Transaction,
    provider: string,
    game: string,
    canary: { readonly version: string; readonly weightPercent: number } | null,
  ): Promise<number> {
    await tx.query(
      `UPDATE subjects SET canary_version = $3, canary_buckets = $4 WHERE provider = $1 AND game = $2`,
      [provider, game, canary?.version ?? null, Math.round(((canary?.weightPercent ?? 0) / 100) * BUCKETS)],
    );
    return this.publish(tx, provider, game);
  }

  async setStable(tx: Transaction, provider: string, game: string, version: string): Promise<number> {
    await tx.query(
      `UPDATE subjects SET stable_version = $3, canary_version = NULL, canary_buckets = 0
       WHERE provider = $1 AND game = $2`,
      [provider, game, version],
    );
    return this.publish(tx, provider, game);
  }

  /** Rebuilds the snapshot of all subjects and tells the bus of the one that changed. */
  async publish(tx: Transaction, provider: string, game: string): Promise<number> {
    const [locked] = await tx.query<{ routing_version: string }[]>(
      'SELECT routing_version FROM routing FOR UPDATE',
    );
    const routingVersion = Number(locked?.routing_version ?? 0) + 1;
    const snapshot: RoutingSnapshot = { routingVersion, subjects: await this.routes(tx) };
    await tx.query('UPDATE routing SET routing_version = $1, snapshot = $2', [
      routingVersion,
      JSON.stringify(snapshot),
    ]);
    const route = snapshot.subjects.find((subject) => subject.provider === provider && subject.game === game);
    if (route) {
      const change = {
        provider,
        game,
        routingVersion,
        stableVersion: route.stable.version,
        canaryVersion: route.canary?.version ?? null,
        canaryWeightPercent: route.canaryBuckets / 100,
      };
      await this.outbox.append(
        tx,
        newEvent('traffic.changed', change, { source: 'croupier/deployer', subject: `${provider}/${game}` }),
      );
    }
    return routingVersion;
  }

  private async routes(tx: Transaction): Promise<SubjectRoute[]> {
    const subjects: SubjectRow[] = await tx.query(`SELECT * FROM subjects WHERE stable_version IS NOT NULL`);
    const workloads: WorkloadRow[] = await tx.query(
      `SELECT * FROM workloads WHERE environment = 'production' AND running AND endpoint IS NOT NULL`,
    );
    const bySubject = versionsBySubject(workloads);
    return subjects.flatMap((subject) => {
      const versions = bySubject.get(subjectId(subject.provider, subject.game)) ?? [];
      const stable = versions.find(({ version }) => version === subject.stable_version);
      if (!stable) return [];
      const canary = versions.find(({ version }) => version === subject.canary_version) ?? null;
      return [
        {
          provider: subject.provider,
          game: subject.game,
          salt: Number(subject.salt),
          stable,
          canary,
          canaryBuckets: canary ? subject.canary_buckets : 0,
          draining: versions.filter((version) => version !== stable && version !== canary),
        },
      ];
    });
  }
}

function versionsBySubject(workloads: readonly WorkloadRow[]): Map<SubjectId, RoutedVersion[]> {
  const bySubject = new Map<SubjectId, RoutedVersion[]>();
  for (const row of workloads) {
    const subject = subjectId(row.provider, row.game);
    bySubject.set(subject, [...(bySubject.get(subject) ?? []), routed(row)]);
  }
  return bySubject;
}

function routed(row: WorkloadRow): RoutedVersion {
  return {
    version: row.version,
    digest: row.digest,
    manifestUrl: row.manifest_url,
    endpoint: row.endpoint,
    markets: row.manifest.markets,
  };
}

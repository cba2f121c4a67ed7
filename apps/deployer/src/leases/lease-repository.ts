import { Injectable } from '@nestjs/common';
import { PARTITIONS, StaleLease, type Lease, type LeaseStore } from '@croupier/orchestrator';
import { DataSource, type EntityManager } from 'typeorm';

interface LeaseRow {
  readonly partition: number;
  readonly token: string;
}

/** Leases in PostgreSQL, by its clock. */
@Injectable()
export class LeaseRepository implements LeaseStore {
  constructor(private readonly dataSource: DataSource) {}

  async renew(replicaId: string, ttlMs: number): Promise<readonly Lease[]> {
    return this.dataSource.transaction(async (tx) => {
      const share = await this.fairShare(tx, replicaId, ttlMs);
      const held = await tx.query<LeaseRow[]>(
        `SELECT partition, token FROM partition_leases WHERE holder = $1 AND expires_at > now()
         ORDER BY partition FOR UPDATE`,
        [replicaId],
      );
      const kept = held.slice(0, share);
      const surplus = held.slice(share);
      await tx.query(
        `UPDATE partition_leases
         SET expires_at = CASE WHEN partition = ANY($2) THEN now() + make_interval(secs => $3) ELSE now() END
         WHERE partition = ANY($2) OR partition = ANY($1)`,
        [surplus.map(({ partition }) => partition), kept.map(({ partition }) => partition), ttlMs / 1000],
      );
      const [taken] = await tx.query<[LeaseRow[], number]>(
        `UPDATE partition_leases
         SET holder = $1, token = token + 1, expires_at = now() + make_interval(secs => $2)
         WHERE partition IN (
           SELECT partition FROM partition_leases WHERE expires_at <= now() AND NOT partition = ANY($4)
           ORDER BY partition LIMIT $3 FOR UPDATE SKIP LOCKED)
         RETURNING partition, token`,
        [replicaId, ttlMs / 1000, share - kept.length, surplus.map(({ partition }) => partition)],
      );
      return [...kept, ...taken].map(leaseOf);
    });
  }

  async release(replicaId: string): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      await tx.query('DELETE FROM replicas WHERE replica_id = $1', [replicaId]);
      await tx.query('UPDATE partition_leases SET expires_at = now() WHERE holder = $1', [replicaId]);
    });
  }

  /** Rejects with StaleLease if one has a new holder; otherwise none gets one before the transaction ends. */
  async fence(tx: EntityManager, leases: readonly Lease[]): Promise<void> {
    if (leases.length === 0) return;
    const rows = await tx.query<LeaseRow[]>(
      'SELECT partition, token FROM partition_leases WHERE partition = ANY($1) ORDER BY partition FOR SHARE',
      [leases.map(({ partition }) => partition)],
    );
    const tokens = new Map(rows.map((row) => [row.partition, Number(row.token)]));
    for (const { partition, token } of leases)
      if (tokens.get(partition) !== token) throw new StaleLease(partition);
  }

  private async fairShare(tx: EntityManager, replicaId: string, ttlMs: number): Promise<number> {
    await tx.query(
      `INSERT INTO replicas (replica_id, alive_until) VALUES ($1, now() + make_interval(secs => $2))
       ON CONFLICT (replica_id) DO UPDATE SET alive_until = excluded.alive_until`,
      [replicaId, ttlMs / 1000],
    );
    const [row] = await tx.query<{ live: string }[]>(
      'SELECT count(*) AS live FROM replicas WHERE alive_until > now()',
    );
    return Math.ceil(PARTITIONS / Number(row?.live ?? 1));
  }
}

function leaseOf({ partition, token }: LeaseRow): Lease {
  return { partition, token: Number(token) };
}

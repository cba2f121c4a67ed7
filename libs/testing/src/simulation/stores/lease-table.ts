import { PARTITIONS, type Lease } from '@croupier/orchestrator';
import type { Setting } from '../setting';

interface Row {
  holder: string | null;
  token: number;
  /** By the store's clock. */
  until: number;
}

/** Who acts for which partition, as the database sees it. */
export class LeaseTable {
  private readonly rows: Row[] = Array.from({ length: PARTITIONS }, () => ({
    holder: null,
    token: 0,
    until: 0,
  }));
  private readonly aliveUntil = new Map<string, number>();

  constructor(private readonly setting: Setting) {}

  renew(replicaId: string, ttlMs: number): Lease[] {
    const { now } = this.setting.time;
    this.aliveUntil.set(replicaId, now + ttlMs);
    const share = Math.ceil(PARTITIONS / this.alive(now));
    let held = 0;
    for (const row of this.rows) if (row.holder === replicaId && (held += 1) > share) row.holder = null;
    for (const row of this.rows) {
      if (row.holder === replicaId) row.until = now + ttlMs;
      else if (held < share && (row.holder === null || row.until <= now)) {
        held += 1;
        row.holder = replicaId;
        row.token = this.setting.rules.nextToken(row.token);
        row.until = now + ttlMs;
      }
    }
    return this.rows.flatMap(({ holder, token }, partition) =>
      holder === replicaId ? [{ partition, token }] : [],
    );
  }

  release(replicaId: string): void {
    this.aliveUntil.delete(replicaId);
    for (const row of this.rows) if (row.holder === replicaId) row.holder = null;
  }

  tokenOf(partition: number): number {
    return this.rows[partition]!.token;
  }

  holderOf(partition: number): string | null {
    return this.rows[partition]!.holder;
  }

  private alive(now: number): number {
    let alive = 0;
    for (const until of this.aliveUntil.values()) if (until > now) alive += 1;
    return alive;
  }
}

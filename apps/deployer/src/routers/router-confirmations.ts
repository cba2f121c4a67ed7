import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** As an advisory lock: two 32-bit numbers, of which the first says whose. */
const LOCK_SPACE = 0x63727072;

/** Which routing version a router deals by. Steps wait for it, as they wait for the gateways. */
@Injectable()
export class RouterConfirmations {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Runs `work` unless another replica is at it for this router. A router that fails is still waited for, with the version
   * that it dealt by last: nothing is raised while it cannot be told. Answers what `work` does, and null for a replica
   * that has nothing to do.
   */
  async exclusively(router: string, work: () => Promise<number | null>): Promise<number | null> {
    return this.dataSource.transaction(async (tx) => {
      const [row] = await tx.query<{ locked: boolean }[]>(
        'SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS locked',
        [LOCK_SPACE, router],
      );
      if (row?.locked !== true) return null;
      const routingVersion = await work();
      await this.confirm(tx, router, routingVersion);
      return routingVersion;
    });
  }

  private async confirm(tx: EntityManager, router: string, routingVersion: number | null): Promise<void> {
    await tx.query(
      `INSERT INTO gateways (gateway_id, routing_version, last_seen_at) VALUES ($1, coalesce($2::bigint, 0), now())
       ON CONFLICT (gateway_id) DO UPDATE SET last_seen_at = now(),
         routing_version = coalesce($2::bigint, gateways.routing_version)`,
      [routerId(router), routingVersion],
    );
  }
}

/** The same for a router's name, always: a version 8 UUID (RFC 9562) of its hash. */
export function routerId(router: string): string {
  const hash = createHash('sha256').update(`traffic-router/${router}`).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

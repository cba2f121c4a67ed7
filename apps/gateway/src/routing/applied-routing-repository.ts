import { Injectable } from '@nestjs/common';
import type { RoutingSnapshot } from '@croupier/contracts';
import { DataSource } from 'typeorm';

/** Which gateway dealt by which snapshot, and since when. */
@Injectable()
export class AppliedRoutingRepository {
  constructor(private readonly dataSource: DataSource) {}

  async append(gatewayId: string, snapshot: RoutingSnapshot, appliedAt: Date): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO routing_applied (gateway_id, routing_version, applied_at, snapshot)
       VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
      [gatewayId, snapshot.routingVersion, appliedAt, JSON.stringify(snapshot)],
    );
  }
}

import { Injectable } from '@nestjs/common';
import type { TrafficChanged } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';

/** What each game was dealt by, from when on. Routing versions order it, however late they are told. */
@Injectable()
export class TrafficRepository {
  async add(tx: Transaction, told: TrafficChanged, at: Date): Promise<void> {
    await tx.query(
      `INSERT INTO traffic (provider, game, routing_version, from_at, stable_version, canary_version, weight_percent,
         dealt)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
      [
        told.provider,
        told.game,
        told.routingVersion,
        at,
        told.stableVersion,
        told.canaryVersion,
        told.canaryWeightPercent,
        told.dealt === undefined ? null : JSON.stringify(told.dealt),
      ],
    );
  }
}

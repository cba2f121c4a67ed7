import { Injectable } from '@nestjs/common';
import type { Clearance, CloudEvent } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { CatalogRepository } from '../catalog/catalog-repository';
import { ClearanceReview } from '../clearance/clearance-review';
import { lockGames } from '../game-lock';
import { PoolHistory } from '../pools/pool-history';
import { RevocationRepository } from '../revocations/revocation-repository';
import type { GameVersion } from './version-repository';

/** What follows when a version is registered: its place in the catalogue, its pool, and where it may be dealt. */
@Injectable()
export class VersionEntry {
  constructor(
    private readonly catalog: CatalogRepository,
    private readonly clearance: ClearanceReview,
    private readonly pools: PoolHistory,
    private readonly revocations: RevocationRepository,
  ) {}

  /** In the transaction that has stored the version. Answers the clearance that `artifact.registered` tells. */
  async enter(tx: Transaction, version: GameVersion, event: CloudEvent): Promise<Clearance> {
    await lockGames(tx, [version]);
    await this.catalog.count(tx, version);
    await this.pools.begin(tx, version, { at: new Date(event.time), eventId: event.id });
    const clearance = await this.clearance.begin(tx, version, {
      actor: version.provider,
      reason: 'registered',
      traceparent: event.traceparent,
    });
    // Told before the version was there.
    const revocation = clearance.revoked ? await this.revocations.find(tx, version) : null;
    if (revocation) await this.pools.tell(tx, version, { kind: 'revoked', ...revocation });
    return clearance;
  }
}

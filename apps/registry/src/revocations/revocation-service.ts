import { Injectable, Logger } from '@nestjs/common';
import type { Transaction } from '@croupier/persistence';
import { AuditTrail } from '@croupier/service-kit';
import { ClearanceReview } from '../clearance/clearance-review';
import { lockGames } from '../game-lock';
import { PoolHistory } from '../pools/pool-history';
import { idOf } from '../versions/version-id';
import { VersionRepository, type GameVersion } from '../versions/version-repository';
import { RevocationRepository, type Revocation } from './revocation-repository';

export interface RevocationOutcome {
  readonly revocation: Revocation;
  readonly already: boolean;
  readonly registered: boolean;
}

/** Takes a version out of every market, its sessions included, for good. */
@Injectable()
export class RevocationService {
  private readonly logger = new Logger(RevocationService.name);

  constructor(
    private readonly revocations: RevocationRepository,
    private readonly versions: VersionRepository,
    private readonly pools: PoolHistory,
    private readonly clearance: ClearanceReview,
    private readonly audit: AuditTrail,
  ) {}

  async revoke(
    tx: Transaction,
    version: GameVersion,
    revocation: Revocation,
    traceparent?: string,
  ): Promise<RevocationOutcome> {
    const isNew = await this.revocations.add(tx, version, revocation);
    await lockGames(tx, [version]);
    const registered = (await this.versions.digestOf(version, tx)) !== null;
    const known = isNew ? null : await this.revocations.find(tx, version);
    if (known) return { revocation: known, already: true, registered };
    const { actor, reason } = revocation;
    const { provider } = version;
    const object = { type: 'version', id: idOf(version) };
    await this.audit.record(tx, {
      provider,
      actor,
      action: 'version.revoked',
      object,
      reason,
      after: revocation,
    });
    this.logger.warn(`${version.provider}/${version.game}@${version.version} is revoked: ${reason}`);
    if (registered) {
      await this.pools.tell(tx, version, { kind: 'revoked', ...revocation });
      await this.clearance.review(tx, [version], { actor, reason: `revoked: ${reason}`, traceparent });
    }
    return { revocation, already: false, registered };
  }
}

import { Injectable } from '@nestjs/common';
import type { FlagRequested, ReleaseId, RolloutPromoted, RolloutRolledBack } from '@croupier/contracts';
import type { EntityManager } from 'typeorm';
import { ToggleRepository } from '../toggles/toggle-repository';
import { Toggles } from '../toggles/toggles';
import { ReleaseFlagRepository } from './release-flag-repository';
import { undoOf } from './undo';

/** What a release does to the flags its manifest names. Promotion and rollback may arrive in either order. */
@Injectable()
export class ReleaseFlags {
  constructor(
    private readonly releases: ReleaseFlagRepository,
    private readonly repository: ToggleRepository,
    private readonly toggles: Toggles,
  ) {}

  /** A step asks for it. A release that was rolled back meanwhile gets nothing any more, and waits for nothing. */
  async requested(tx: EntityManager, { releaseId, flag, enabled, ...release }: FlagRequested): Promise<void> {
    await this.releases.serialize(tx, releaseId);
    if (await this.releases.wasRolledBack(tx, releaseId)) return;
    const reason = `a step of ${release.provider}/${release.game} ${release.version}`;
    await this.toggles.answer(tx, { flag, enabled, reason, releaseId });
  }

  async promoted(tx: EntityManager, release: RolloutPromoted): Promise<void> {
    const { releaseId, provider, game, version } = release;
    await this.releases.serialize(tx, releaseId);
    if (await this.releases.wasRolledBack(tx, releaseId)) return;
    const reason = `${provider}/${game} ${version} was promoted`;
    for (const flag of inLockOrder(release.flags))
      await this.toggles.set(tx, { flag, enabled: true, reason, releaseId });
  }

  async rolledBack(tx: EntityManager, release: RolloutRolledBack): Promise<void> {
    const { releaseId, provider, game, version } = release;
    await this.releases.serialize(tx, releaseId);
    await this.releases.markRolledBack(tx, releaseId);
    const reason = `${provider}/${game} ${version} was rolled back: ${release.reason}`;
    for (const flag of inLockOrder(release.flags)) await this.undo(tx, flag, releaseId, reason);
  }

  private async undo(tx: EntityManager, flag: string, releaseId: ReleaseId, reason: string): Promise<void> {
    const toggle = await this.repository.lock(tx, flag);
    const enabled = toggle && undoOf(await this.repository.latestChange(tx, flag), releaseId);
    if (enabled !== undefined) await this.toggles.set(tx, { flag, enabled, reason, releaseId });
  }
}

/** Two releases with the same flags lock them in the same order, so neither waits for the other forever. */
function inLockOrder(flags: readonly string[]): string[] {
  return [...new Set(flags)].sort();
}

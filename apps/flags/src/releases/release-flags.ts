import { Injectable } from '@nestjs/common';
import type {
  FlagRequested,
  ReleaseFailed,
  ReleaseId,
  RolloutPromoted,
  RolloutRolledBack,
} from '@croupier/contracts';
import type { EntityManager } from 'typeorm';
import { FlagsConfig } from '../flags-config';
import { settingsIn, withSettings } from '../flags/flag-settings';
import { Flags, type FlagSignature } from '../flags/flags';
import { Ledger } from '../ledger/ledger';
import { ReleaseFlagRepository } from './release-flag-repository';
import { switchesOf, undoOf, type Switch } from './undo';

const AUTHOR = 'deployer';

/**
 * What a release does to flags, in the environment of releases. It has been approved of as a release, so a protected
 * environment asks for nothing more. Its messages may arrive in any order.
 */
@Injectable()
export class ReleaseFlags {
  constructor(
    private readonly releases: ReleaseFlagRepository,
    private readonly ledger: Ledger,
    private readonly flags: Flags,
    private readonly config: FlagsConfig,
  ) {}

  /** A step asks for it. A release that was taken back meanwhile gets nothing any more, and waits for nothing. */
  async requested(tx: EntityManager, request: FlagRequested): Promise<void> {
    const { releaseId, flag: name, enabled, ...release } = request;
    await this.ledger.lock(tx);
    if (await this.releases.isOver(tx, releaseId)) return;
    const reason = `a step of ${release.provider}/${release.game} ${release.version}`;
    await this.set(tx, name, enabled, { author: AUTHOR, reason, cause: 'step', releaseId });
  }

  async promoted(tx: EntityManager, release: RolloutPromoted): Promise<void> {
    const { releaseId, provider, game, version } = release;
    await this.ledger.lock(tx);
    if (await this.releases.isOver(tx, releaseId)) return;
    const reason = `${provider}/${game} ${version} was promoted`;
    for (const name of new Set(release.flags))
      await this.set(tx, name, true, { author: AUTHOR, reason, cause: 'promotion', releaseId });
  }

  rolledBack(tx: EntityManager, release: RolloutRolledBack): Promise<void> {
    const { releaseId, provider, game, version, reason } = release;
    return this.takenBack(tx, releaseId, `${provider}/${game} ${version} was rolled back: ${reason}`);
  }

  failed(tx: EntityManager, release: ReleaseFailed): Promise<void> {
    const { releaseId, provider, game, version, reason } = release;
    return this.takenBack(tx, releaseId, `${provider}/${game} ${version} failed: ${reason}`);
  }

  /** Every flag that the release has touched goes back to how it was before. */
  private async takenBack(tx: EntityManager, releaseId: ReleaseId, reason: string): Promise<void> {
    await this.ledger.lock(tx);
    if (!(await this.releases.markOver(tx, releaseId))) return;
    const signature = { author: AUTHOR, cause: 'rollback', releaseId } as const;
    for (const name of await this.releases.touchedBy(tx, releaseId)) {
      const switches = switchesOf(await this.ledger.historyOfFlags(tx, [name]));
      for (const [environment, own] of byEnvironment(switches)) {
        const undo = undoOf(own, releaseId);
        if (undo.kind === 'set')
          await this.putBack(tx, name, environment, undo.enabled, { ...signature, reason });
        if (undo.kind === 'leave') {
          const { author, reason: why, after } = undo.because;
          const left = `${reason}; left ${after ? 'on' : 'off'}, as ${author} has set it since: ${why}`;
          await this.flags.tell(
            tx,
            { ...signature, name, reason: left },
            { environment, before: after, after },
          );
        }
      }
    }
  }

  private async putBack(
    tx: EntityManager,
    name: string,
    environment: string,
    enabled: boolean,
    signature: FlagSignature,
  ): Promise<void> {
    // One that has been killed or archived meanwhile stays off.
    const isKilled = (await this.flags.killOf(tx, name)) !== null;
    await this.flags.change(tx, {
      ...signature,
      name,
      change: (before) => before && withSettings(before, environment, { enabled: enabled && !isKilled }),
    });
  }

  /** The answer to a step says how the flag stands then, which a killed one's does not follow. */
  private async set(
    tx: EntityManager,
    name: string,
    enabled: boolean,
    signature: FlagSignature,
  ): Promise<void> {
    const environment = this.config.releaseEnvironment;
    const isKilled = (await this.flags.killOf(tx, name)) !== null;
    const reason =
      enabled && isKilled ? `${signature.reason}; it has been killed and stays off` : signature.reason;
    const signed = { ...signature, reason };
    const { before, after } = await this.flags.change(tx, {
      ...signed,
      name,
      change: (flag) => withSettings(flag, environment, { enabled: enabled && !isKilled }),
    });
    if (signature.cause !== 'step') return;
    await this.flags.tell(
      tx,
      { ...signed, name },
      {
        environment,
        before: settingsIn(before, environment).enabled,
        after: settingsIn(after, environment).enabled,
      },
    );
  }
}

function byEnvironment(switches: readonly Switch[]): Map<string, Switch[]> {
  const environments = new Map<string, Switch[]>();
  for (const change of switches)
    environments.set(change.environment, [...(environments.get(change.environment) ?? []), change]);
  return environments;
}

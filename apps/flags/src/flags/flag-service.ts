import { Injectable } from '@nestjs/common';
import type { FlagChange, FlagPatch, FlagView, SettingsPatch } from '@croupier/contracts';
import type { Precondition } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import { Changes } from '../change-requests/changes';
import { FlagsConfig } from '../flags-config';
import { Ledger, type Entry } from '../ledger/ledger';
import { LiveFlags } from '../live/live-flags';
import { approvalNeeded, unknownFlag } from './flag-problems';
import { flagView } from './flag-view';
import type { FlagSignature } from './flags';

export interface Author {
  readonly author: string;
  readonly reason: string;
}

/** What operators do to flags. */
@Injectable()
export class FlagService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ledger: Ledger,
    private readonly changes: Changes,
    private readonly live: LiveFlags,
    private readonly config: FlagsConfig,
  ) {}

  async all(): Promise<FlagView[]> {
    const kills = new Map((await this.ledger.list('kill')).map(({ name, document }) => [name, document]));
    return (await this.flags()).map((flag) =>
      flagView(flag, kills.get(flag.name) ?? null, this.config.releaseEnvironment, Date.now()),
    );
  }

  async one(name: string): Promise<FlagView> {
    const flag = await this.ledger.find('flag', name);
    if (flag === null) throw unknownFlag(name);
    const kill = await this.ledger.find('kill', name);
    return flagView(flag, kill?.document ?? null, this.config.releaseEnvironment, Date.now());
  }

  async put(
    name: string,
    patch: FlagPatch,
    enabled: boolean | undefined,
    by: Author,
    expected: Precondition | null,
  ): Promise<FlagView> {
    const environment = this.config.releaseEnvironment;
    await this.dataSource.transaction(async (tx) => {
      await this.ledger.lock(tx);
      const changes: FlagChange[] = [{ kind: 'flag', flag: name, patch }];
      if (enabled !== undefined)
        changes.push({ kind: 'settings', flag: name, environment, settings: { enabled } });
      for (const [index, change] of changes.entries()) {
        const { approvals, environments } = await this.changes.guardsOf(tx, change);
        if (approvals > 0) throw approvalNeeded(environments, approvals);
        await this.changes.apply(tx, change, signed(by), index === 0 ? expected : null);
      }
    });
    return this.one(name);
  }

  async set(
    name: string,
    environment: string,
    settings: SettingsPatch,
    by: Author,
    expected: Precondition | null,
  ): Promise<FlagView> {
    await this.changes.applyNow(
      { kind: 'settings', flag: name, environment, settings },
      signed(by),
      expected,
    );
    return this.one(name);
  }

  async archive(name: string, by: Author, expected: Precondition | null): Promise<void> {
    await this.changes.applyNow({ kind: 'archive', flag: name }, signed(by), expected);
  }

  /** With an Unleash server behind us, those that it has shown. */
  private async flags(): Promise<Entry<'flag'>[]> {
    return this.config.upstream === null ? this.ledger.list('flag') : this.live.upstreamFlags();
  }
}

function signed({ author, reason }: Author): FlagSignature {
  return { author, reason, cause: 'operator', releaseId: null };
}

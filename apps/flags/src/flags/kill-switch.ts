import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Ledger } from '../ledger/ledger';
import { flagNotKilled, unknownFlag } from './flag-problems';
import { environmentsOn, switchedOff, withSettings } from './flag-settings';
import { Flags, type FlagSignature } from './flags';

export interface KillOrder {
  readonly name: string;
  readonly author: string;
  readonly reason: string;
}

/** Off everywhere at once, also where changes need approval; nothing but `revive` turns such a flag on again. */
@Injectable()
export class KillSwitch {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ledger: Ledger,
    private readonly flags: Flags,
  ) {}

  async kill({ name, author, reason }: KillOrder): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      await this.ledger.lock(tx);
      const signature = signatureOf({ author, reason });
      const flag = await this.ledger.find('flag', name, tx);
      if (flag === null) throw unknownFlag(name);
      const environments = environmentsOn(flag.document);
      await this.flags.change(tx, { ...signature, name, change: (before) => before && switchedOff(before) });
      await this.ledger.record(tx, {
        ...signature,
        kind: 'kill',
        name,
        change: (before) => before ?? { environments, reason, actor: author, at: new Date().toISOString() },
      });
    });
  }

  /** On again where it was on before. */
  async revive({ name, author, reason }: KillOrder): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      await this.ledger.lock(tx);
      const signature = signatureOf({ author, reason });
      const { before: kill } = await this.ledger.record(tx, {
        ...signature,
        kind: 'kill',
        name,
        change: () => null,
      });
      if (kill === null) throw flagNotKilled(name);
      await this.turnOn(tx, name, kill.environments, signature);
    });
  }

  private async turnOn(
    tx: EntityManager,
    name: string,
    environments: readonly string[],
    signature: FlagSignature,
  ): Promise<void> {
    await this.flags.change(tx, {
      ...signature,
      name,
      change: (before) =>
        before &&
        environments.reduce(
          (flag, environment) => withSettings(flag, environment, { enabled: true }),
          before,
        ),
    });
  }
}

function signatureOf({ author, reason }: { author: string; reason: string }): FlagSignature {
  return { author, reason, cause: 'kill-switch', releaseId: null };
}

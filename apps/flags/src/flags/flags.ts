import { Injectable } from '@nestjs/common';
import type { FlagChangeCause, FlagDocument } from '@croupier/contracts';
import { Outbox, newEvent } from '@croupier/messaging';
import { canonicalJson } from '@croupier/persistence';
import type { Precondition } from '@croupier/service-kit';
import type { EntityManager } from 'typeorm';
import type { DocumentOf } from '../ledger/documents';
import { Ledger, type Recorded, type Signature } from '../ledger/ledger';
import { dependsOnItself, flagKilled } from './flag-problems';
import { environmentsOn, settingsIn } from './flag-settings';

export interface FlagSignature extends Signature {
  readonly cause: FlagChangeCause;
}

export interface FlagOrderOf extends FlagSignature {
  readonly name: string;
  readonly expected?: Precondition | null;
  readonly change: (before: FlagDocument | null) => FlagDocument | null;
}

/** The one way by which a flag changes: state, history and `flag.changed` together, or none of them. */
@Injectable()
export class Flags {
  constructor(
    private readonly ledger: Ledger,
    private readonly outbox: Outbox,
  ) {}

  /** @throws ProblemException when it would turn a killed flag on */
  async change(tx: EntityManager, order: FlagOrderOf): Promise<Recorded<'flag'>> {
    await this.ledger.lock(tx);
    const isKilled = (await this.killOf(tx, order.name)) !== null;
    const recorded = await this.ledger.record(tx, {
      ...order,
      kind: 'flag',
      change: (before) => {
        const after = order.change(before);
        if (isKilled && environmentsOn(after).some((each) => !settingsIn(before, each).enabled))
          throw flagKilled(order.name);
        if (after?.dependencies.some(({ feature }) => feature === order.name))
          throw dependsOnItself(order.name);
        return after;
      },
    });
    await this.announceChanges(tx, order, recorded);
    return recorded;
  }

  async killOf(tx: EntityManager, name: string): Promise<DocumentOf<'kill'> | null> {
    return (await this.ledger.find('kill', name, tx))?.document ?? null;
  }

  /** Tells how the flag stands in one environment, whether or not that has changed: somebody waits for it. */
  async tell(
    tx: EntityManager,
    { name, reason, releaseId, cause }: FlagSignature & { readonly name: string },
    { environment, before, after }: { environment: string; before: boolean; after: boolean },
  ): Promise<void> {
    const change = { flag: name, before, after, reason, releaseId, environment, cause };
    await this.outbox.append(
      tx,
      newEvent('flag.changed', change, { source: 'croupier/flags', subject: name }),
    );
  }

  private async announceChanges(
    tx: EntityManager,
    order: FlagOrderOf,
    { before, after }: Recorded<'flag'>,
  ): Promise<void> {
    for (const environment of environmentsOf(before, after)) {
      const [was, is] = [settingsIn(before, environment), settingsIn(after, environment)];
      if (canonicalJson(was) === canonicalJson(is)) continue;
      // The answer to a step is told by whoever takes the step, also when there is no change.
      if (order.cause === 'step' && was.enabled !== is.enabled) continue;
      await this.tell(tx, order, { environment, before: was.enabled, after: is.enabled });
    }
  }
}

function environmentsOf(...flags: readonly (FlagDocument | null)[]): Set<string> {
  return new Set(flags.flatMap((flag) => Object.keys(flag?.environments ?? {})));
}

import { Injectable } from '@nestjs/common';
import type { EnvironmentView, FlagChange } from '@croupier/contracts';
import type { Precondition } from '@croupier/service-kit';
import { DataSource, type EntityManager } from 'typeorm';
import { Environments } from '../environments/environments';
import { approvalNeeded, unknownFlag } from '../flags/flag-problems';
import { environmentsOn, withPatch, withSettings } from '../flags/flag-settings';
import { Flags, type FlagSignature } from '../flags/flags';
import { Ledger } from '../ledger/ledger';
import { unknownSegment } from '../segments/segment-problems';

/** Applies what operators ask for, by themselves or once it is approved. */
@Injectable()
export class Changes {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ledger: Ledger,
    private readonly flags: Flags,
    private readonly environments: Environments,
  ) {}

  /** At once; refused where somebody has to approve. Answers the version that it made. */
  async applyNow(
    change: FlagChange,
    signature: FlagSignature,
    expected: Precondition | null,
  ): Promise<number> {
    return this.dataSource.transaction(async (tx) => {
      await this.ledger.lock(tx);
      const { approvals, environments } = await this.guardsOf(tx, change);
      if (approvals > 0) throw approvalNeeded(environments, approvals);
      return this.apply(tx, change, signature, expected);
    });
  }

  /** What has to be given before it may be applied: the most that any environment which it reaches asks for. */
  async guardsOf(
    tx: EntityManager,
    change: FlagChange,
  ): Promise<{ readonly approvals: number; readonly environments: readonly string[] }> {
    const guarded = (await this.reachedBy(tx, change)).filter(
      ({ requiredApprovals }) => requiredApprovals > 0,
    );
    return {
      approvals: Math.max(0, ...guarded.map(({ requiredApprovals }) => requiredApprovals)),
      environments: guarded.map(({ name }) => name),
    };
  }

  /** Where it may change what somebody is answered. */
  private async reachedBy(tx: EntityManager, change: FlagChange): Promise<EnvironmentView[]> {
    if (change.kind === 'settings') return [await this.environments.one(change.environment, tx)];
    const all = await this.environments.all(tx);
    if (change.kind === 'segment') return all;
    if (change.kind === 'flag' && change.patch.dependencies === undefined) return [];
    const on = environmentsOn((await this.ledger.find('flag', change.flag, tx))?.document ?? null);
    return all.filter(({ name }) => on.includes(name));
  }

  async apply(
    tx: EntityManager,
    change: FlagChange,
    signature: FlagSignature,
    expected: Precondition | null = null,
  ): Promise<number> {
    switch (change.kind) {
      case 'settings': {
        const { flag: name, environment, settings } = change;
        const set = await this.flags.change(tx, {
          ...signature,
          name,
          expected,
          change: (before) => withSettings(before, environment, settings),
        });
        return set.version;
      }
      case 'flag': {
        const { flag: name, patch } = change;
        const patched = await this.flags.change(tx, {
          ...signature,
          name,
          expected,
          change: (before) => withPatch(before, patch),
        });
        return patched.version;
      }
      case 'archive': {
        const { flag: name } = change;
        const archived = await this.flags.change(tx, { ...signature, name, expected, change: () => null });
        if (archived.before === null) throw unknownFlag(name);
        await this.ledger.record(tx, { ...signature, kind: 'kill', name, change: () => null });
        return archived.version;
      }
      case 'segment': {
        const { segment: name, document } = change;
        const recorded = await this.ledger.record(tx, {
          ...signature,
          kind: 'segment',
          name,
          expected,
          // A revision is given once, and so is the id made of it.
          change: (before, revision) => document && { ...document, id: before?.id ?? revision },
        });
        if (document === null && recorded.before === null) throw unknownSegment(name);
        return recorded.version;
      }
      default:
        return change satisfies never;
    }
  }
}

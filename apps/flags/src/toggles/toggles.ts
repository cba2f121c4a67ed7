import { Injectable } from '@nestjs/common';
import type { ReleaseId } from '@croupier/contracts';
import { Outbox, newEvent } from '@croupier/messaging';
import { DataSource, type EntityManager } from 'typeorm';
import type { Toggle, ToggleChange } from './toggle';
import { ToggleRepository } from './toggle-repository';

export interface ToggleOrder {
  readonly flag: string;
  readonly enabled: boolean;
  readonly reason: string;
  readonly releaseId: ReleaseId | null;
}

type Ordered = ToggleChange & Pick<ToggleOrder, 'releaseId'>;

/** The one way by which a flag changes: state, history and `flag.changed` together, or none of them. */
@Injectable()
export class Toggles {
  constructor(
    private readonly toggles: ToggleRepository,
    private readonly outbox: Outbox,
    private readonly dataSource: DataSource,
  ) {}

  put(flag: string, enabled: boolean, reason: string): Promise<Toggle> {
    return this.dataSource.transaction((tx) => this.set(tx, { flag, enabled, reason, releaseId: null }));
  }

  /** Creates the flag when there is none. To set what is set already changes nothing and announces nothing. */
  async set(tx: EntityManager, order: ToggleOrder): Promise<Toggle> {
    const { created, ...toggle } = await this.toggles.lockOrCreate(tx, order.flag);
    if (toggle.enabled === order.enabled && !created) return toggle;
    const change = changeOf(toggle, order);
    const changed = await this.toggles.change(tx, change);
    await this.announce(tx, change);
    return changed;
  }

  /** As `set`, but announced in any case: somebody waits for it. */
  async answer(tx: EntityManager, order: ToggleOrder): Promise<void> {
    const { created, ...toggle } = await this.toggles.lockOrCreate(tx, order.flag);
    const change = changeOf(toggle, order);
    if (toggle.enabled !== order.enabled || created) await this.toggles.change(tx, change);
    await this.announce(tx, change);
  }

  private async announce(tx: EntityManager, change: Ordered): Promise<void> {
    const origin = { source: 'croupier/flags', subject: change.flag };
    await this.outbox.append(tx, newEvent('flag.changed', change, origin));
  }
}

function changeOf(
  { enabled: before }: Toggle,
  { flag, enabled: after, reason, releaseId }: ToggleOrder,
): Ordered {
  return { flag, before, after, reason, releaseId };
}

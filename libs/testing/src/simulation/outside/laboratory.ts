import type { Clearance } from '@croupier/contracts';
import type { Random } from '../clockwork/random';
import { MARKETS, type GameVersion } from '../scenario/game-version';
import type { Registry } from '../scenario/registry';
import type { Setting } from '../setting';
import type { MessageBus } from './message-bus';

/** Certifies versions, withdraws certificates and revokes, at random: each change is told whole, and comes as messages do. */
export class Laboratory {
  private readonly revisions = new Map<GameVersion, Clearance>();

  constructor(
    private readonly setting: Setting,
    /** Its own, so that a world without it stays as it is. */
    private readonly random: Random,
    private readonly registry: Registry,
    private readonly subjects: readonly string[],
    private readonly bus: MessageBus,
    private readonly everyMs: number,
  ) {}

  start(): void {
    if (this.everyMs === Infinity) return;
    const { time, weather } = this.setting;
    time.after(this.random.waiting(this.everyMs), () => {
      if (weather.isClear) return;
      this.change();
      this.start();
    });
  }

  private change(): void {
    const versions = this.registry.of(this.random.pick(this.subjects));
    if (versions.length === 0) return;
    // The latest one is on its way: it starts in some markets, and gets others later.
    const version = this.random.chance(0.6) ? versions.at(-1)! : this.random.pick(versions);
    const before = this.revisions.get(version);
    if (before?.revoked) return;
    const revoked = this.random.chance(0.15);
    const markets = revoked ? [] : MARKETS.filter(() => this.random.chance(0.6));
    const clearance = { revision: (before?.revision ?? 0) + 1, markets, revoked };
    this.revisions.set(version, clearance);
    const { provider, game, version: name } = version;
    this.setting.figures.clearances += 1;
    this.setting.say?.(
      `the laboratory ${revoked ? 'revokes' : `certifies in ${markets.join(', ') || 'no market'}`} ${game}@${name}`,
    );
    this.bus.send(`clearance ${game}@${name} ${clearance.revision}`, {
      ...{ kind: 'cleared', provider, game, version: name, clearance },
    });
  }
}

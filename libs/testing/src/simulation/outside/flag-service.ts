import type { ReleaseId } from '@croupier/contracts';
import type { Setting } from '../setting';
import type { Message, MessageBus } from './message-bus';

/** Feature flags: set for a release while it is under way, turned off when it is rolled back. */
export class FlagService {
  private readonly inbox = new Set<string>();
  private readonly ended = new Set<ReleaseId>();
  private readonly on = new Map<string, ReleaseId>();
  private readonly everSet = new Set<string>();

  constructor(
    private readonly setting: Setting,
    private readonly bus: MessageBus,
  ) {
    bus.on('set-flag', (id, message) => this.take(id, message));
    bus.on('ended', (id, message) => this.take(id, message));
  }

  isOn(flag: string): boolean {
    return this.on.has(flag);
  }

  hasBeenSet(flag: string): boolean {
    return this.everSet.has(flag);
  }

  /** The releases whose flags are on. */
  releasesOn(): Iterable<ReleaseId> {
    return this.on.values();
  }

  private take(id: string, message: Message): boolean {
    const { random, weather, rules } = this.setting;
    if (random.chance(weather.now.badDelivery / 2)) return false;
    if (rules.remembers(this.inbox.has(id))) return true;
    this.inbox.add(id);
    if (message.kind === 'set-flag') this.set(id, message);
    if (message.kind === 'ended') this.end(message);
    return true;
  }

  private set(id: string, { releaseId, flag, enabled }: Extract<Message, { kind: 'set-flag' }>): void {
    // A release that has ended sets no flag any more, however late its message is.
    if (this.ended.has(releaseId)) return;
    this.setting.say?.(`the flag ${flag} is turned ${enabled ? 'on' : 'off'}`);
    this.everSet.add(flag);
    if (enabled) this.on.set(flag, releaseId);
    else this.on.delete(flag);
    this.bus.send(`${id}:outcome`, { kind: 'flag-set', releaseId, flag, enabled });
  }

  private end({ releaseId, promoted }: Extract<Message, { kind: 'ended' }>): void {
    this.ended.add(releaseId);
    if (promoted) return;
    for (const [flag, owner] of this.on) if (owner === releaseId) this.on.delete(flag);
  }
}

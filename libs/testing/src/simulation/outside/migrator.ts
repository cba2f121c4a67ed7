import type { ReleaseId } from '@croupier/contracts';
import type { Registry } from '../scenario/registry';
import type { Setting } from '../setting';
import type { ReleaseLedger } from '../stores/release-ledger';
import type { Message, MessageBus } from './message-bus';

/** Applies a version's migrations when it is asked to, and says so on the bus. */
export class Migrator {
  private readonly inbox = new Set<string>();
  private readonly applied = new Set<ReleaseId>();

  constructor(
    private readonly setting: Setting,
    private readonly registry: Registry,
    private readonly ledger: ReleaseLedger,
    private readonly bus: MessageBus,
  ) {
    bus.on('migrate', (id, message) => message.kind === 'migrate' && this.take(id, message));
  }

  private take(id: string, { releaseId }: Extract<Message, { kind: 'migrate' }>): boolean {
    const { time, random, weather, rules, referee } = this.setting;
    if (random.chance(weather.now.badDelivery / 2)) return false;
    if (rules.remembers(this.inbox.has(id))) return true;
    this.inbox.add(id);
    const { migrates } = this.registry.find(this.ledger.get(releaseId)!.release.state.plan)!;
    if (migrates && this.applied.has(releaseId))
      referee.violated('a migration is applied at most once', `that of release ${releaseId}`);
    if (migrates) this.applied.add(releaseId);
    time.after(random.between(10, 300), () =>
      this.bus.send(`${id}:outcome`, { kind: 'migrated', releaseId, applied: migrates }),
    );
    return true;
  }
}

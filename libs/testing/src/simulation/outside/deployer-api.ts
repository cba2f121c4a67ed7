import type { ReleaseId } from '@croupier/contracts';
import type { RolloutInput } from '@croupier/rollout';
import type { Fleet } from '../replicas/fleet';
import type { DrawnFreezes } from '../scenario/freezes';
import type { Setting } from '../setting';
import type { ReleaseLedger } from '../stores/release-ledger';
import type { Message, MessageBus } from './message-bus';

/** How the world talks to the deployer: any replica takes it, with no lease, and the inbox takes it once. */
export class DeployerApi {
  constructor(
    private readonly setting: Setting,
    private readonly fleet: Fleet,
    private readonly ledger: ReleaseLedger,
    private readonly freezes: DrawnFreezes,
    bus: MessageBus,
  ) {
    bus.on('migrated', (id, message) => this.hear(id, message));
    bus.on('flag-set', (id, message) => this.hear(id, message));
    bus.on('cleared', (id, message) => message.kind === 'cleared' && this.clear(id, message));
  }

  /**
   * Tells a release once for each id. False when it may not have been taken: then it has to be sent again. The freeze
   * of the moment is told first, so that nothing that is asked for begins in it.
   */
  tell(id: string, releaseId: ReleaseId, input: RolloutInput): boolean {
    const { time, random, weather } = this.setting;
    const replica = this.fleet.anyRunning();
    if (replica === undefined || random.chance(weather.now.badCall)) return false;
    const freeze = this.freezes.freezeOf(this.ledger.get(releaseId)!.release.state.plan, time.now);
    const inputs: RolloutInput[] = freeze === null ? [input] : [{ kind: 'freeze', freeze }, input];
    const teller = { name: `${replica.id} for ${id}`, seenSince: null };
    const tellings = inputs.map((each) => ({ releaseId, input: each }));
    if (this.ledger.consume(id, tellings, time.now, teller)) replica.wake();
    return !random.chance(weather.now.badCall);
  }

  private clear(id: string, message: Extract<Message, { kind: 'cleared' }>): boolean {
    const { time, random, weather } = this.setting;
    const replica = this.fleet.anyRunning();
    if (replica === undefined || random.chance(weather.now.badCall)) return false;
    const teller = { name: `${replica.id} for ${id}`, seenSince: null };
    if (this.ledger.clear(id, message, time.now, teller)) replica.wake();
    return !random.chance(weather.now.badCall);
  }

  private hear(id: string, message: Message): boolean {
    return message.kind !== 'cleared' && this.tell(id, message.releaseId, inputOf(message));
  }
}

function inputOf(message: Message): RolloutInput {
  switch (message.kind) {
    case 'migrated':
      return message.applied
        ? { kind: 'migrationApplied', detail: '1 script' }
        : { kind: 'migrationFailed', reason: 'lock timeout' };
    case 'flag-set':
      return { kind: 'flagSet', flag: message.flag, enabled: message.enabled };
    default:
      throw new Error(`The deployer does not consume ${message.kind}`);
  }
}

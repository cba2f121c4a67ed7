import type { Clearance, ReleaseId } from '@croupier/contracts';
import type { Setting } from '../setting';

/** What crosses the bus, in as few words as the simulated services need. */
export type Message =
  | { readonly kind: 'migrate'; readonly releaseId: ReleaseId }
  | {
      readonly kind: 'set-flag';
      readonly releaseId: ReleaseId;
      readonly flag: string;
      readonly enabled: boolean;
    }
  | { readonly kind: 'ended'; readonly releaseId: ReleaseId; readonly promoted: boolean }
  | { readonly kind: 'migrated'; readonly releaseId: ReleaseId; readonly applied: boolean }
  | {
      readonly kind: 'flag-set';
      readonly releaseId: ReleaseId;
      readonly flag: string;
      readonly enabled: boolean;
    }
  | {
      readonly kind: 'cleared';
      readonly provider: string;
      readonly game: string;
      readonly version: string;
      readonly clearance: Clearance;
    };

/** True once it has been taken; false, and it comes again. */
export type Consumer = (messageId: string, message: Message) => boolean;

const REDELIVERY_MS = 1_000;

/** At least once, in any order, late: what a bus may do to messages that it must not lose. */
export class MessageBus {
  private readonly sent = new Set<string>();
  private underWay = 0;
  private readonly consumers = new Map<Message['kind'], Consumer>();

  constructor(private readonly setting: Setting) {}

  on(kind: Message['kind'], consumer: Consumer): void {
    this.consumers.set(kind, consumer);
  }

  /** Sends a message once, however often it is sent. */
  send(id: string, message: Message): void {
    if (this.sent.has(id)) return;
    this.sent.add(id);
    const { random, weather } = this.setting;
    this.deliverIn(random.between(1, 20), id, message);
    if (random.chance(weather.now.badDelivery)) this.deliverIn(random.between(1, 5_000), id, message);
  }

  /** Nothing is on its way. */
  get isQuiet(): boolean {
    return this.underWay === 0;
  }

  private deliverIn(delayMs: number, id: string, message: Message): void {
    const { time, random, weather } = this.setting;
    this.underWay += 1;
    const isLate = random.chance(weather.now.badDelivery);
    time.after(isLate ? delayMs + random.between(50, 3_000) : delayMs, () => this.deliver(id, message));
  }

  private deliver(id: string, message: Message): void {
    const { random, weather } = this.setting;
    this.underWay -= 1;
    const isLost = random.chance(weather.now.badDelivery / 2);
    this.setting.figures.deliveries += 1;
    this.setting.say?.(`the bus ${isLost ? 'loses' : 'delivers'} ${id}`);
    const isTaken = !isLost && this.consumers.get(message.kind)!(id, message);
    // Taken, and the acknowledgement is lost: it comes once more.
    const comesAgain = !isTaken || random.chance(weather.now.badDelivery / 2);
    if (comesAgain) this.deliverIn(REDELIVERY_MS, id, message);
  }
}

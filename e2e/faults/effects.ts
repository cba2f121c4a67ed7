import { RabbitBus } from '@croupier/messaging';
import type { CloudEvent, EventType } from '@croupier/contracts';
import { nameOf, type Version } from './catalogue';

/** The type of the event that tells of it. */
export type Effect = EventType;

/** What the platform did, as it tells everybody: each effect has an event with an id of its own. */
export class Effects {
  private readonly ids = new Map<string, Set<string>>();
  private constructor(private readonly bus: RabbitBus) {}

  static async watch(amqpUrl: string, namespace: string, types: readonly Effect[]): Promise<Effects> {
    const effects = new Effects(new RabbitBus({ url: amqpUrl, namespace }));
    await effects.bus.subscribe('observer', [...types], async (event) => effects.note(event));
    return effects;
  }

  /** How often it happened. The same event delivered twice is one. */
  countOf(effect: Effect, version: Version): number {
    return this.ids.get(`${effect} ${nameOf(version)}`)?.size ?? 0;
  }

  /** Versions that anything happened to. */
  total(effect: Effect): number {
    return [...this.ids.keys()].filter((key) => key.startsWith(effect)).length;
  }

  close(): Promise<void> {
    return this.bus.close();
  }

  private note({ type, id, data }: CloudEvent): void {
    const key = `${type} ${nameOf(data as Version)}`;
    const ids = this.ids.get(key) ?? new Set();
    this.ids.set(key, ids.add(id));
  }
}

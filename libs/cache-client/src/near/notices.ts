import type { RedisConnection } from '../connection/open-redis';
import type { KeyNames } from '../keyspace/key-names';
import type { KeySelector } from '../keyspace/key-selector';

export interface NoticeListener {
  onNotice(selector: KeySelector): void;
  /** Notices may have been missed. */
  onGap(): void;
}

/** Of https://redis.io/docs/latest/develop/use/keyspace-notifications/: what ends an entry without a notice of ours. */
const ENDINGS = new Set(['del', 'unlink', 'expired', 'evicted']);

/** What was purged, told to the caches inside of processes. */
export class Notices {
  constructor(
    private readonly redis: RedisConnection,
    private readonly names: KeyNames,
  ) {}

  async publish(selector: KeySelector): Promise<void> {
    await this.redis.publish(this.names.notices, JSON.stringify(selector));
  }

  /**
   * @param keyspace also hear of entries that others have removed; needs `notify-keyspace-events Egxe` in the server's
   * configuration, and one server: the nodes of a cluster tell such events only to who is connected to them
   * @returns ends the subscription
   */
  subscribe(listener: NoticeListener, keyspace: boolean): () => void {
    const subscriber = this.redis.duplicate();
    subscriber.on('error', () => undefined);
    subscriber.on('message', (_channel: string, text: string) => {
      const selector = parsed(text);
      if (selector === null) listener.onGap();
      else listener.onNotice(selector);
    });
    subscriber.on('pmessage', (_pattern: string, channel: string, name: string) => {
      const key = ENDINGS.has(channel.slice(channel.lastIndexOf(':') + 1)) ? this.names.keyOf(name) : null;
      if (key !== null) listener.onNotice({ kind: 'keys', keys: [key] });
    });
    // Subscriptions are taken up again by the connection itself; what was told meanwhile is lost.
    subscriber.on('close', () => listener.onGap());
    subscriber.on('ready', () => listener.onGap());
    void subscriber.subscribe(this.names.notices).catch(() => undefined);
    if (keyspace) void subscriber.psubscribe('__keyevent@*__:*').catch(() => undefined);
    return () => subscriber.disconnect();
  }
}

function parsed(text: string): KeySelector | null {
  try {
    return JSON.parse(text) as KeySelector;
  } catch {
    return null;
  }
}

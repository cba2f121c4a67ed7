import { matchesGlob } from '../keyspace/glob';
import type { KeySelector } from '../keyspace/key-selector';
import type { NoticeListener } from './notices';

export interface NearEntry {
  readonly value: unknown;
  readonly tags: readonly string[];
  readonly expiresAtMs: number;
}

/** What this process holds itself: few entries for a short time, dropped as soon as a notice names them. */
export class NearEntries implements NoticeListener {
  private readonly entries = new Map<string, NearEntry>();
  /** Rises with everything that is dropped, so that what was read before is not stored after it. */
  epoch = 0;

  constructor(private readonly most: number) {}

  get(key: string, nowMs: number): NearEntry | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined || entry.expiresAtMs > nowMs) return entry;
    this.entries.delete(key);
    return undefined;
  }

  /** @param epoch as it was before the value was read */
  set(key: string, entry: NearEntry, epoch: number): void {
    if (epoch !== this.epoch) return;
    this.entries.delete(key);
    this.entries.set(key, entry);
    if (this.entries.size <= this.most) return;
    const [oldest] = this.entries.keys();
    if (oldest !== undefined) this.entries.delete(oldest);
  }

  onNotice(selector: KeySelector): void {
    this.epoch += 1;
    for (const [key, entry] of this.entries) if (isMeant(selector, key, entry)) this.entries.delete(key);
  }

  onGap(): void {
    this.epoch += 1;
    this.entries.clear();
  }
}

function isMeant(selector: KeySelector, key: string, { tags }: NearEntry): boolean {
  switch (selector.kind) {
    case 'keys':
      return selector.keys.includes(key);
    case 'prefix':
      return key.startsWith(selector.prefix);
    case 'pattern':
      return matchesGlob(selector.pattern, key);
    case 'tags':
      return tags.some((tag) => selector.tags.includes(tag));
    case 'generation':
      return key.startsWith(selector.space);
    case 'everything':
      return true;
  }
}

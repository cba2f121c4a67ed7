import { matchesGlob, type KeySelector } from '@croupier/cache-client';
import { SharedCache } from './shared-cache';

const MAX_ENTRIES = 50_000;

/** The embedded default: one map for all services of the process, oldest entries out first when full. It knows no tags. */
export class InProcessCache extends SharedCache {
  readonly kind = 'in-process';
  private readonly entries = new Map<string, { value: string; expiresAtMs: number }>();

  async get(key: string): Promise<string | null> {
    const entry = this.entries.get(key);
    if (!entry) return null;
    if (entry.expiresAtMs > Date.now()) return entry.value;
    this.entries.delete(key);
    return null;
  }

  async set(key: string, value: string, ttlSeconds: number): Promise<void> {
    this.entries.delete(key);
    this.entries.set(key, { value, expiresAtMs: Date.now() + ttlSeconds * 1000 });
    if (this.entries.size <= MAX_ENTRIES) return;
    const [oldest] = this.entries.keys();
    if (oldest !== undefined) this.entries.delete(oldest);
  }

  async purge(selector: KeySelector): Promise<number> {
    const doomed = this.selected(selector);
    for (const key of doomed) this.entries.delete(key);
    return doomed.length;
  }

  async count(selector: KeySelector): Promise<number> {
    return this.selected(selector).length;
  }

  deleteByPrefix(prefix: string): Promise<number> {
    return this.purge({ kind: 'prefix', prefix });
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {
    this.entries.clear();
  }

  private selected(selector: KeySelector): string[] {
    switch (selector.kind) {
      case 'keys':
        return selector.keys.filter((key) => this.entries.has(key));
      case 'prefix':
        return this.keysThat((key) => key.startsWith(selector.prefix));
      case 'pattern':
        return this.keysThat((key) => matchesGlob(selector.pattern, key));
      case 'generation':
        return this.keysThat((key) => key.startsWith(selector.space));
      case 'everything':
        return [...this.entries.keys()];
      case 'tags':
        return [];
    }
  }

  private keysThat(fits: (key: string) => boolean): string[] {
    return [...this.entries.keys()].filter(fits);
  }
}

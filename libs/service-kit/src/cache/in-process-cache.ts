import { SharedCache } from './shared-cache';

const MAX_ENTRIES = 50_000;

/** The embedded default: one map for all services of the process, oldest entries out first when full. */
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

  async deleteByPrefix(prefix: string): Promise<number> {
    const doomed = [...this.entries.keys()].filter((key) => key.startsWith(prefix));
    for (const key of doomed) this.entries.delete(key);
    return doomed.length;
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {
    this.entries.clear();
  }
}

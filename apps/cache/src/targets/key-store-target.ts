import type { KeySelector } from '@croupier/cache-client';
import { spaceName } from '@croupier/cache-client';
import { subjectId, type CacheSelector } from '@croupier/contracts';
import type { CacheTarget, PurgeRun } from './cache-target';
import { isUrl } from './urls';

/** What keeps entries by key: the platform's shared cache, or a Redis of the modules'. */
export interface KeyStore {
  purge(
    selector: KeySelector,
    run: { id: string; signal: AbortSignal; onProgress: (done: number, total: number | null) => void },
  ): Promise<number>;
  count(selector: KeySelector, signal: AbortSignal): Promise<number>;
}

export class KeyStoreTarget implements CacheTarget {
  readonly reads = null;

  constructor(
    readonly name: string,
    readonly kind: string,
    private readonly store: KeyStore,
    readonly close: () => void = () => undefined,
  ) {}

  supports(selector: CacheSelector): boolean {
    switch (selector.kind) {
      case 'keys':
        return !selector.keys.some(isUrl);
      case 'prefix':
        return !isUrl(selector.prefix);
      case 'pattern':
        return !isUrl(selector.pattern);
      default:
        return true;
    }
  }

  count(selector: CacheSelector, signal: AbortSignal): Promise<number> {
    return this.store.count(keySelectorOf(selector), signal);
  }

  purge(selector: CacheSelector, { id, signal, onProgress }: PurgeRun): Promise<number> {
    return this.store.purge(keySelectorOf(selector), {
      id,
      signal,
      onProgress: (done, total) => onProgress(done, total, null),
    });
  }
}

function keySelectorOf(selector: CacheSelector): KeySelector {
  if (selector.kind !== 'version') return selector;
  const { provider, game, version } = selector;
  return { kind: 'generation', space: spaceName(subjectId(provider, game), version) };
}

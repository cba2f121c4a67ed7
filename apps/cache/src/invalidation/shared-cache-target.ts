import { Injectable } from '@nestjs/common';
import { SharedCache } from '@croupier/service-kit';
import type { InvalidationTarget } from './invalidation-target';

@Injectable()
export class SharedCacheTarget implements InvalidationTarget {
  constructor(private readonly cache: SharedCache) {}

  get kind(): string {
    return this.cache.kind;
  }

  purge(prefix: string): Promise<number> {
    return this.cache.deleteByPrefix(prefix);
  }
}

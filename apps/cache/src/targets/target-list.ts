import { openRedis, RedisPurger } from '@croupier/cache-client';
import type { OnApplicationShutdown } from '@nestjs/common';
import { SharedCache } from '@croupier/service-kit';
import type { CacheConfig } from '../cache-config';
import type { CacheTarget } from './cache-target';
import type { TargetHttp } from './http/target-http';
import { KeyStoreTarget } from './key-store-target';
import { NginxTarget } from './self-hosted/nginx-target';
import { VarnishTarget } from './self-hosted/varnish-target';
import { SHARED_TARGET, type TargetSettings } from './target-settings';
import { AkamaiTarget } from './vendors/akamai-target';
import { CloudFrontTarget } from './vendors/cloudfront-target';
import { CloudflareTarget } from './vendors/cloudflare-target';
import { FastlyTarget } from './vendors/fastly-target';

/** The shared cache, and what the configuration names. */
export class TargetList implements OnApplicationShutdown {
  readonly all: readonly CacheTarget[];

  constructor(cache: SharedCache, config: CacheConfig, http: TargetHttp) {
    this.all = [
      new KeyStoreTarget(SHARED_TARGET, cache.kind, cache),
      ...config.targets.map((settings) => targetOf(settings, http)),
    ];
  }

  find(name: string): CacheTarget | undefined {
    return this.all.find((target) => target.name === name);
  }

  onApplicationShutdown(): void {
    for (const target of this.all) target.close?.();
  }
}

function targetOf(settings: TargetSettings, http: TargetHttp): CacheTarget {
  switch (settings.kind) {
    case 'redis': {
      const redis = openRedis(settings.url);
      const purger = new RedisPurger(redis, settings.namespace);
      return new KeyStoreTarget(settings.name, settings.kind, purger, () => redis.disconnect());
    }
    case 'varnish':
      return new VarnishTarget(settings, http);
    case 'nginx':
      return new NginxTarget(settings, http);
    case 'fastly':
      return new FastlyTarget(settings, http);
    case 'cloudflare':
      return new CloudflareTarget(settings, http);
    case 'cloudfront':
      return new CloudFrontTarget(settings, http);
    case 'akamai':
      return new AkamaiTarget(settings, http);
  }
}

import { Controller, Get, Inject } from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorFunction,
} from '@nestjs/terminus';
import { ApiTags } from '@nestjs/swagger';
import type { Bus } from '@croupier/messaging';
import { DataSource } from 'typeorm';
import { Public } from '../auth/public';
import { BUS } from '../bootstrap/tokens';
import { SharedCache } from '../cache/shared-cache';
import { Draining } from './draining';

/** `live`: the process answers. `ready`: it can do its work, so send it traffic (Kubernetes probes). */
@ApiTags('health')
@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly dataSource: DataSource,
    private readonly cache: SharedCache,
    private readonly draining: Draining,
    @Inject(BUS) private readonly bus: Bus,
  ) {}

  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  ready(): Promise<HealthCheckResult> {
    return this.health.check([
      this.indicator('process', async () => {
        if (this.draining.begun) throw new Error('is about to end');
      }),
      this.indicator('database', () => this.dataSource.query('SELECT 1')),
      this.indicator('cache', () => this.cache.ping()),
    ]);
  }

  /** The bus is shown but does not unready a service: the outbox keeps what it cannot publish yet. */
  @Get('dependencies')
  dependencies(): { bus: 'up' | 'down' } {
    return { bus: this.bus.connected ? 'up' : 'down' };
  }

  private indicator(key: string, probe: () => Promise<unknown>): HealthIndicatorFunction {
    return async () => {
      const session = this.indicators.check(key);
      try {
        await probe();
        return session.up();
      } catch (error) {
        return session.down((error as Error).message);
      }
    };
  }
}

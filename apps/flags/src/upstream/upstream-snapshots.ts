import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ClientFeatures } from './unleash-client-features';

/** What was last heard of each environment, for a start while the Unleash server is away. */
@Injectable()
export class UpstreamSnapshots {
  constructor(private readonly dataSource: DataSource) {}

  async keep(environment: string, features: ClientFeatures): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO upstream_snapshots (environment, body) VALUES ($1, $2)
       ON CONFLICT (environment) DO UPDATE SET body = EXCLUDED.body, at = now()`,
      [environment, JSON.stringify(features)],
    );
  }

  /** What was kept, not yet checked; null when there is nothing. */
  async last(environment: string): Promise<unknown> {
    const [row] = await this.dataSource.query<{ body: unknown }[]>(
      'SELECT body FROM upstream_snapshots WHERE environment = $1',
      [environment],
    );
    return row?.body ?? null;
  }
}

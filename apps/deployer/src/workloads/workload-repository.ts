import { Injectable } from '@nestjs/common';
import type { GameManifest } from '@croupier/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import type { DeploymentEnvironment, WorkloadSpec } from '../targets/deployment-target';

interface WorkloadRow {
  readonly environment: DeploymentEnvironment;
  readonly digest: string;
  readonly manifest_url: string;
  readonly manifest: GameManifest;
}

/** Which version runs where, and under which address. */
@Injectable()
export class WorkloadRepository {
  constructor(private readonly dataSource: DataSource) {}

  async started(tx: EntityManager, spec: WorkloadSpec, endpoint: string): Promise<void> {
    const { provider, game, version } = spec.manifest;
    await tx.query(
      `INSERT INTO workloads (environment, provider, game, version, digest, manifest_url, manifest, endpoint, running)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, true)
       ON CONFLICT (environment, provider, game, version)
       DO UPDATE SET endpoint = excluded.endpoint, running = true, started_at = now()`,
      [
        spec.environment,
        provider,
        game,
        version,
        spec.digest,
        spec.manifestUrl,
        JSON.stringify(spec.manifest),
        endpoint,
      ],
    );
  }

  async stopped(tx: EntityManager, spec: WorkloadSpec): Promise<void> {
    const { provider, game, version } = spec.manifest;
    await tx.query(
      `UPDATE workloads SET running = false, endpoint = NULL
       WHERE environment = $1 AND provider = $2 AND game = $3 AND version = $4`,
      [spec.environment, provider, game, version],
    );
  }

  async find(provider: string, game: string, version: string): Promise<WorkloadSpec | null> {
    const rows = await this.dataSource.query<WorkloadRow[]>(
      `SELECT * FROM workloads WHERE environment = 'production' AND provider = $1 AND game = $2 AND version = $3`,
      [provider, game, version],
    );
    return rows[0] ? specOf(rows[0]) : null;
  }

  async runningInProduction(): Promise<WorkloadSpec[]> {
    const rows = await this.dataSource.query<WorkloadRow[]>(
      `SELECT * FROM workloads WHERE environment = 'production' AND running`,
    );
    return rows.map(specOf);
  }
}

function specOf(row: WorkloadRow): WorkloadSpec {
  return {
    environment: row.environment,
    digest: row.digest,
    manifestUrl: row.manifest_url,
    manifest: row.manifest,
  };
}

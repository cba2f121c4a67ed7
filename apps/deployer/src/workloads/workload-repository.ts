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

  /** The caller has a lease, and has fenced the transaction by it. */
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

  /** Brought back where it was; false when it has been stopped in the meantime, and is to stay so. */
  async restored(tx: EntityManager, spec: WorkloadSpec, endpoint: string): Promise<boolean> {
    const { provider, game, version } = spec.manifest;
    const [rows] = await tx.query<[unknown[], number]>(
      `UPDATE workloads SET endpoint = $5, started_at = now()
       WHERE environment = $1 AND provider = $2 AND game = $3 AND version = $4 AND running RETURNING version`,
      [spec.environment, provider, game, version, endpoint],
    );
    return rows.length > 0;
  }

  /** The caller has a lease, and has fenced the transaction by it. */
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

  /** Other versions of the subject that staging has. */
  async othersOnStaging({ manifest }: WorkloadSpec): Promise<WorkloadSpec[]> {
    const rows = await this.dataSource.query<WorkloadRow[]>(
      `SELECT * FROM workloads
       WHERE environment = 'staging' AND provider = $1 AND game = $2 AND version <> $3 AND running`,
      [manifest.provider, manifest.game, manifest.version],
    );
    return rows.map(specOf);
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

import { Injectable } from '@nestjs/common';
import type { ReleaseId } from '@croupier/contracts';
import { judgedVersion, type ReleasePlan } from '@croupier/rollout';
import { DataSource } from 'typeorm';

/** Whose traffic is compared with whose. */
export interface Comparison {
  readonly provider: string;
  readonly game: string;
  readonly canary: string;
  readonly stable: string | null;
}

export interface RolloutInTraffic extends Comparison {
  readonly releaseId: ReleaseId;
  readonly weightPercent: number;
}

/** More than anybody watches at a time. */
const MOST = 50;

@Injectable()
export class LiveReleases {
  constructor(private readonly dataSource: DataSource) {}

  /** Rollouts with traffic, the latest change first. */
  async inTraffic(): Promise<RolloutInTraffic[]> {
    const rows = await this.dataSource.query<{ id: ReleaseId; weightPercent: number; plan: ReleasePlan }[]>(
      `SELECT id, weight_percent::float8 AS "weightPercent", state -> 'plan' AS plan
       FROM releases WHERE active AND status IN ('progressing', 'paused') ORDER BY updated_at DESC LIMIT ${MOST}`,
    );
    return rows.map(({ id, weightPercent, plan }) => ({
      releaseId: id,
      weightPercent,
      ...comparisonOf(plan),
    }));
  }
}

export function comparisonOf(plan: ReleasePlan): Comparison {
  const { provider, game, stableVersion } = plan;
  return { provider, game, canary: judgedVersion(plan), stable: stableVersion };
}

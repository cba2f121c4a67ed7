import { Injectable } from '@nestjs/common';
import type { Certification, EligibilityQuery } from '@croupier/contracts';
import { queryPrepared } from '@croupier/persistence';
import { DataSource } from 'typeorm';
import {
  clearanceFactsSql,
  factsOf,
  type ClearanceFactsOf,
  type ClearanceFactsRow,
} from '../clearance/clearance-facts';
import { RULE_OF_MARKET } from '../markets/market-rules';
import { RegistryConfig } from '../registry-config';

export interface EligibilityFactsOf {
  /** What the market asks for. */
  readonly certification: Certification;
  /** Newest first. */
  readonly versions: readonly ClearanceFactsOf[];
}

interface Row {
  readonly certification: Certification | null;
  readonly versions: readonly ClearanceFactsRow[];
}

const MOST_VERSIONS = 200;

const FACTS = `
  SELECT (${RULE_OF_MARKET}) AS certification, coalesce(json_agg(facts), '[]') AS versions
    FROM (${clearanceFactsSql('c.market = $1')}
           WHERE (v.provider, v.game) = ($2, $3) AND ($4::text IS NULL OR v.version = $4)
           ORDER BY v.precedence DESC, v.version DESC LIMIT $5) AS facts`;

/** All that decides which of a game's versions may be dealt in one market, in one round trip: launches wait for it. */
@Injectable()
export class EligibilityFacts {
  constructor(
    private readonly dataSource: DataSource,
    private readonly config: RegistryConfig,
  ) {}

  async read({ provider, game, market, version }: EligibilityQuery): Promise<EligibilityFactsOf> {
    const values = [market, provider, game, version ?? null, MOST_VERSIONS];
    const [row] = await queryPrepared<Row>(this.dataSource, 'eligibility-facts', FACTS, values);
    return {
      certification: row?.certification ?? this.config.certification,
      versions: row?.versions.map(factsOf) ?? [],
    };
  }
}

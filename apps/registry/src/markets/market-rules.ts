import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Certification } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { AuditTrail, requirePrecondition, versionTag, type Precondition } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import { Clock } from '../clock';
import { lockRules } from '../game-lock';
import { RegistryConfig } from '../registry-config';

/** In the table of rules: what holds for markets without a rule of their own. */
const DEFAULT = '*';

export interface MarketRule {
  readonly market: string;
  readonly certification: Certification;
  readonly revision: number;
  readonly author: string;
  readonly reason: string;
  readonly changedAt: Date;
}

export interface Rules {
  of(market: string): Certification;
}

const LATEST = `SELECT DISTINCT ON (market) market, certification, revision, author, reason, changed_at AS "changedAt"
  FROM market_rules`;

/** As an expression: the rule of the market $1, or that for markets without one. */
export const RULE_OF_MARKET = `SELECT certification FROM market_rules WHERE market IN ($1, '${DEFAULT}')
  ORDER BY market = '${DEFAULT}', revision DESC LIMIT 1`;

/** What each market asks for. A change is reviewed by the sweep, version after version, from this transaction on. */
@Injectable()
export class MarketRules implements OnApplicationBootstrap {
  constructor(
    private readonly dataSource: DataSource,
    private readonly config: RegistryConfig,
    private readonly clock: Clock,
    private readonly audit: AuditTrail,
  ) {}

  /** The default comes from the configuration; another one than before concerns every version. */
  async onApplicationBootstrap(): Promise<void> {
    const { certification } = this.config;
    await this.dataSource.transaction(async (tx) => {
      await lockRules(tx);
      const known = await this.latest(tx, DEFAULT);
      if (known?.certification === certification) return;
      const order = { certification, author: 'configuration', reason: 'CERTIFICATION of the configuration' };
      await this.append(tx, DEFAULT, (known?.revision ?? 0) + 1, order);
      // A registry that never had a rule had that of the contracts: the manifest's word.
      if (known === null && certification === 'declared') return;
      await this.askForReview(tx, 'true', []);
    });
  }

  async read(tx: Pick<Transaction, 'query'> = this.dataSource): Promise<Rules> {
    const rows = await tx.query<MarketRule[]>(`${LATEST} ORDER BY market, revision DESC`);
    const rules = new Map(rows.map(({ market, certification }) => [market, certification]));
    const usual = rules.get(DEFAULT) ?? this.config.certification;
    return { of: (market) => rules.get(market) ?? usual };
  }

  /** Those of markets that have one of their own, and the default last. */
  async list(): Promise<{ rules: MarketRule[]; usual: Certification }> {
    const rows = await this.dataSource.query<MarketRule[]>(`${LATEST} ORDER BY market, revision DESC`);
    return {
      rules: rows.filter(({ market }) => market !== DEFAULT),
      usual: rows.find(({ market }) => market === DEFAULT)?.certification ?? this.config.certification,
    };
  }

  async put(
    market: string,
    order: { certification: Certification; author: string; reason: string },
    expected: Precondition | null,
  ): Promise<MarketRule> {
    return this.dataSource.transaction(async (tx) => {
      await lockRules(tx);
      const known = await this.latest(tx, market);
      if (expected) requirePrecondition(expected, known && versionTag(known.revision));
      if (known?.certification === order.certification) return known;
      const rule = await this.append(tx, market, (known?.revision ?? 0) + 1, order);
      const change = {
        actor: order.author,
        action: 'market-rule.changed',
        object: { type: 'market', id: market },
      };
      const before = known && { certification: known.certification };
      const after = { certification: order.certification };
      await this.audit.record(tx, { ...change, reason: order.reason, before, after });
      await this.askForReview(tx, 'markets @> ARRAY[$2]', [market]);
      return rule;
    });
  }

  private async askForReview(tx: Transaction, which: string, parameters: readonly string[]): Promise<void> {
    await tx.query(
      `INSERT INTO clearance_reviews (provider, game, version, due_at)
       SELECT provider, game, version, $1 FROM versions WHERE ${which}
       ON CONFLICT (provider, game, version) DO UPDATE SET due_at = excluded.due_at`,
      [this.clock.now(), ...parameters],
    );
  }

  private async latest(tx: Transaction, market: string): Promise<MarketRule | null> {
    const [rule] = await tx.query<MarketRule[]>(
      `${LATEST} WHERE market = $1 ORDER BY market, revision DESC`,
      [market],
    );
    return rule ?? null;
  }

  private async append(
    tx: Transaction,
    market: string,
    revision: number,
    { certification, author, reason }: { certification: Certification; author: string; reason: string },
  ): Promise<MarketRule> {
    const rule = { market, certification, revision, author, reason, changedAt: this.clock.now() };
    await tx.query(
      `INSERT INTO market_rules (market, revision, certification, author, reason, changed_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [market, revision, certification, author, reason, rule.changedAt],
    );
    return rule;
  }
}

import { Injectable } from '@nestjs/common';
import { CacheRuleDocument } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { AuditTrail } from '@croupier/service-kit';
import { DataSource } from 'typeorm';

export interface RuleVersion {
  readonly name: string;
  readonly version: number;
  /** Null when it was deleted. */
  readonly document: CacheRuleDocument | null;
  readonly author: string;
  readonly reason: string;
  readonly at: Date;
}

export interface Rule extends RuleVersion {
  readonly document: CacheRuleDocument;
}

/** Rules with all the versions that they have had. Nothing is changed, only added. */
@Injectable()
export class RuleRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditTrail,
  ) {}

  /** Changes wait for each other, so that what is true of all rules stays true until the change is stored. */
  change<T>(work: (tx: Transaction, rules: readonly Rule[]) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query(`SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.cache_rule_versions'))`);
      return work(tx, await this.current(tx));
    });
  }

  async current(tx: Pick<Transaction, 'query'> = this.dataSource): Promise<Rule[]> {
    const rows = await tx.query<RuleVersion[]>(
      `SELECT * FROM (SELECT DISTINCT ON (name) * FROM cache_rule_versions ORDER BY name, version DESC) latest
        WHERE document IS NOT NULL ORDER BY name`,
    );
    return rows.map((row) => ({ ...row, document: CacheRuleDocument.parse(row.document) }));
  }

  /** The next version of a name, which goes on after a deletion. */
  async append(tx: Transaction, rule: Omit<RuleVersion, 'version' | 'at'>): Promise<RuleVersion> {
    const before = (await this.current(tx)).find(({ name }) => name === rule.name)?.document ?? null;
    const [row] = await tx.query<RuleVersion[]>(
      `INSERT INTO cache_rule_versions (name, version, document, author, reason)
       SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4 FROM cache_rule_versions WHERE name = $1
       RETURNING *`,
      [rule.name, rule.document === null ? null : JSON.stringify(rule.document), rule.author, rule.reason],
    );
    if (!row) throw new Error('an insert of one row has returned none');
    const { name, document, author: actor, reason } = rule;
    const action = `cache-rule.${document === null ? 'deleted' : before === null ? 'created' : 'changed'}`;
    const object = { type: 'cache-rule', id: name };
    await this.audit.record(tx, { actor, action, object, reason, before, after: document });
    return row;
  }

  /** Newest first. */
  history(name: string, before: number | null, limit: number): Promise<RuleVersion[]> {
    return this.dataSource.query<RuleVersion[]>(
      `SELECT * FROM cache_rule_versions WHERE name = $1 AND ($2::int IS NULL OR version < $2)
        ORDER BY version DESC LIMIT $3`,
      [name, before, limit],
    );
  }
}

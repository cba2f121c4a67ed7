import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { compareCatalogs, describeDifferences, type Catalog } from '@croupier/persistence';
import { standing } from '../engine/history';
import type { Migration } from '../engine/migration';
import type { PhasedMigration } from '../lint/phase';
import { lintMigrations } from '../lint/lint';
import type { Finding } from '../lint/finding';
import { MigratorConfig } from '../migrator-config';
import type { ModuleSchema } from '../engine/engine';
import { ModuleDatabases } from '../module-databases/module-databases';
import { KnownScripts } from './known-scripts';
import type { ProofReport } from './report';
import { NoShadow, ShadowDatabases } from './shadow-databases';
import { StatementRecorder } from './statement-recorder';

export interface Proof {
  readonly report: ProofReport;
  /** Of each migration, in milliseconds; zero for one that was not tried. */
  readonly durationsMs: readonly number[];
  /** Why the migrations must not go on; null when they may. */
  readonly refusal: string | null;
}

const PROOF = 'croupier:proof';

/** Tries what a release brings on a copy of the module's schema: applied, undone, applied again, and compared. */
@Injectable()
export class MigrationProof {
  constructor(
    private readonly shadows: ShadowDatabases,
    private readonly databases: ModuleDatabases,
    private readonly known: KnownScripts,
    private readonly config: MigratorConfig,
  ) {}

  /** @throws MigrationFailure when a script does not run at all */
  async prove(
    production: ModuleSchema,
    subject: { provider: string; game: string },
    pending: readonly PhasedMigration[],
  ): Promise<Proof> {
    const findings = await lintMigrations(pending);
    const history = await production.history();
    const past = await this.known.inForce(subject, history);
    if (past.kind === 'unknown')
      return this.rehearse(production, pending, findings, `nothing here knows the text of ${past.script}`);
    try {
      return await this.shadows.with(production.schema, (client) =>
        this.onShadow(client, production, past.migrations, pending, findings),
      );
    } catch (error) {
      if (!(error instanceof NoShadow)) throw error;
      return this.rehearse(production, pending, findings, error.message);
    }
  }

  private async onShadow(
    client: Client,
    production: ModuleSchema,
    past: readonly Migration[],
    pending: readonly PhasedMigration[],
    findings: readonly Finding[],
  ): Promise<Proof> {
    const { schema, engine } = production;
    const shadow = this.databases.on({ client, url: this.config.shadowDatabaseUrl, schema }, engine);
    await shadow.apply(past, PROOF);
    const start = await shadow.catalog();
    const drift = compareCatalogs(start, await production.catalog());

    const recorder = new StatementRecorder(client, schema);
    await recorder.begin();
    const expanding = pending.filter(({ phase }) => phase === 'expand');
    const tookMs = await timesOf(shadow, expanding, recorder);
    const end = await shadow.catalog();
    const { undone, fault } = await this.undoAndRedo(shadow, expanding, { start, end });
    if (fault === null)
      for (const [script, ms] of await timesOf(
        shadow,
        pending.filter((one) => !expanding.includes(one)),
        recorder,
      ))
        tookMs.set(script, ms);
    const report: ProofReport = {
      ground: { kind: 'shadow' },
      sql: await production.dryRunSql(pending),
      findings,
      statements: recorder.statements,
      changes: compareCatalogs(start, end),
      drift,
      undone,
    };
    return {
      report,
      durationsMs: pending.map(({ script }) => tookMs.get(script) ?? 0),
      refusal: fault ?? this.refusalFor(findings),
    };
  }

  /** Only when all of it has undo scripts: then nothing must be left of it, and it must go on a second time. */
  private async undoAndRedo(
    shadow: ModuleSchema,
    pending: readonly Migration[],
    { start, end }: Readonly<Record<'start' | 'end', Catalog>>,
  ): Promise<{ undone: boolean | null; fault: string | null }> {
    if (pending.some(({ undo }) => undo === null)) return { undone: null, fault: null };
    const rows = new Map(standing(await shadow.history()).map((row) => [row.script, row]));
    const steps = [...pending].reverse().flatMap(({ script, undo }) => {
      const row = rows.get(script);
      return row && undo ? [{ row, undo }] : [];
    });
    await shadow.undo(steps, PROOF);
    const left = compareCatalogs(start, await shadow.catalog());
    if (left.length > 0)
      return {
        undone: false,
        fault: `the undo scripts do not bring back what was there: ${describeDifferences(left)}`,
      };
    await shadow.apply(pending, PROOF);
    const differing = compareCatalogs(end, await shadow.catalog());
    if (differing.length > 0)
      return {
        undone: false,
        fault: `applied again after its undo, it differs: ${describeDifferences(differing)}`,
      };
    return { undone: true, fault: null };
  }

  private async rehearse(
    production: ModuleSchema,
    pending: readonly Migration[],
    findings: readonly Finding[],
    why: string,
  ): Promise<Proof> {
    const { statements, changes, durationsMs } = await production.rehearse(pending);
    const report: ProofReport = {
      ground: { kind: 'rolled-back', why },
      sql: await production.dryRunSql(pending),
      findings,
      statements,
      changes,
      drift: [],
      undone: null,
    };
    return { report, durationsMs, refusal: this.refusalFor(findings) };
  }

  private refusalFor(findings: readonly Finding[]): string | null {
    const errors = findings.filter(({ severity }) => severity === 'error');
    const [first] = errors;
    if (!first || this.config.lint === 'warn') return null;
    const place = first.line === null ? first.script : `${first.script} line ${first.line}`;
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    return `${place}: ${first.message} [${first.rule}]. ${first.remedy}${more}`;
  }
}

async function timesOf(
  shadow: ModuleSchema,
  migrations: readonly Migration[],
  recorder: StatementRecorder,
): Promise<Map<string, number>> {
  const durationsMs = await shadow.apply(migrations, PROOF, recorder.record);
  return new Map(migrations.map(({ script }, index) => [script, durationsMs[index] ?? 0]));
}

import type { BroughtMigration, MigrationPlan, MigrationReport, MigrationRun } from '@croupier/contracts';
import type { PhasedMigration } from '../lint/phase';
import type { ProofReport } from '../proof/report';
import type { Plan } from './operator-migrations';
import type { Run } from './run';

export function runView(run: Run): MigrationRun {
  return {
    ...run,
    scripts: [...run.scripts],
    createdAt: run.createdAt.toISOString(),
    updatedAt: run.updatedAt.toISOString(),
  };
}

export function broughtView(migration: PhasedMigration): BroughtMigration {
  const { kind, version, description, script, checksum, undo, phase } = migration;
  return { kind, version, description, script, checksum, phase, undoScript: undo?.script ?? null };
}

export function reportView(report: ProofReport): MigrationReport {
  return {
    ...report,
    ground: { ...report.ground },
    findings: [...report.findings],
    statements: report.statements.map(({ locks, rewrites, ...statement }) => ({
      ...statement,
      locks: [...locks],
      rewrites: [...rewrites],
    })),
    changes: [...report.changes],
    drift: [...report.drift],
  };
}

export function planView({ engine, schema, pending, proof }: Plan): MigrationPlan {
  return {
    engine,
    schema,
    pending: pending.map(broughtView),
    report: reportView(proof.report),
    refusal: proof.refusal,
  };
}

import { spawnSync } from 'node:child_process';
import { z } from 'zod';
import type { ShippedPackage } from './shipped-packages';

/** Of `npm audit --json`, version 2; on failure npm prints the registry's answer instead. */
const Report = z.union([
  z.object({
    auditReportVersion: z.literal(2),
    vulnerabilities: z.record(
      z.string(),
      z.object({ severity: z.string(), nodes: z.array(z.string()), range: z.string().optional() }),
    ),
  }),
  z.object({ message: z.string() }),
]);

export type AuditVerdict =
  | { readonly kind: 'clean'; readonly lesser: number }
  | { readonly kind: 'vulnerable'; readonly faults: readonly string[] }
  | { readonly kind: 'unanswered'; readonly reason: string };

const GRAVE: ReadonlySet<string> = new Set(['high', 'critical']);

/** Counts what is shipped; advisories about what builds and tests it are for `npm audit` itself. */
export function auditVerdict(stdout: string, packages: readonly ShippedPackage[]): AuditVerdict {
  const parsed = Report.safeParse(jsonOf(stdout));
  if (!parsed.success) return { kind: 'unanswered', reason: 'npm printed no report' };
  if ('message' in parsed.data) return { kind: 'unanswered', reason: parsed.data.message };
  const shipped = new Set(packages.map(({ path }) => path));
  const ours = Object.entries(parsed.data.vulnerabilities).filter(([, { nodes }]) =>
    nodes.some((node) => shipped.has(node)),
  );
  const faults = ours
    .filter(([, { severity }]) => GRAVE.has(severity))
    .map(([name, { severity, range }]) => `${name} ${range ?? ''}: ${severity}`);
  return faults.length > 0 ? { kind: 'vulnerable', faults } : { kind: 'clean', lesser: ours.length };
}

const AUDIT_TIMEOUT_MS = 60_000;

/** Asks the registry. Never throws: a registry that does not answer is a verdict, too. */
export function audit(root: string, packages: readonly ShippedPackage[]): AuditVerdict {
  const { stdout, error } = spawnSync('npm', ['audit', '--json', '--fetch-retries=1'], {
    cwd: root,
    encoding: 'utf8',
    timeout: AUDIT_TIMEOUT_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
  return error ? { kind: 'unanswered', reason: error.message } : auditVerdict(stdout, packages);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

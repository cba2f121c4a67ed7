import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  MigrationPlan,
  MigrationRunDetail,
  MigrationRunPage,
  ModuleStatusList,
  RepairResult,
  type MigrationDraft,
  type ModuleStatus,
  type SchemaDifference,
} from '@croupier/contracts';
import { ServiceAddresses } from '@croupier/service-kit';
import { ApiClient } from '../platform/api-client';
import { operatorTokenOf } from '../platform/operator-token';

interface CommonOptions {
  readonly state: string;
  readonly json?: boolean;
}

interface ReasonOptions extends CommonOptions {
  readonly reason: string;
  readonly actor?: string;
}

interface ApplyOptions extends ReasonOptions {
  /** Of the module, as the run is to be known. */
  readonly moduleVersion: string;
}

interface StatusOptions extends CommonOptions {
  readonly drift?: boolean;
}

/**
 * A trial runs everything up to three times, and Liquibase starts a Java for each. Beyond five minutes, Node's fetch gives up
 * by itself; the run goes on, and `runs` tells of it.
 */
const TIMEOUT_MS = 290_000;

/** Ends 1 when the scripts would be refused. */
export async function planMigrations(subject: string, folder: string, options: CommonOptions): Promise<void> {
  const plan = await planOf(subject, folder, options);
  if (plan.refusal !== null) process.exitCode = 1;
  if (options.json) return print(JSON.stringify(plan));
  const { engine, schema, pending, report, refusal } = plan;
  print(`${schema}: ${pending.length} pending, by ${engine}`);
  for (const { script, phase, undoScript } of pending)
    print(`  ${script}  ${phase}  ${undoScript === null ? 'no undo' : 'with undo'}`);
  for (const { script, line, sql, locks, rewrites } of report.statements) {
    print(`\n-- ${script} line ${line}`);
    for (const { relation, mode } of locks) print(`-- takes ${mode} on ${relation}`);
    for (const table of rewrites) print(`-- writes ${table} anew`);
    print(`${sql};`);
  }
  if (report.sql) print(`\n${report.sql.trim()}`);
  print('');
  for (const { severity, script, line, rule, message, remedy } of report.findings)
    print(`${severity}: ${script}${line === null ? '' : ` line ${line}`}: ${message} [${rule}]. ${remedy}`);
  printDifferences('changes', report.changes);
  printDifferences('has drifted', report.drift);
  print(report.undone === true ? 'Undone and applied again with equal catalogs.' : 'The undo was not tried.');
  print(refusal === null ? 'May be applied.' : `Would be refused: ${refusal}`);
}

/** Ends 1 when the scripts would be refused; says no more than that. */
export async function validateMigrations(
  subject: string,
  folder: string,
  options: CommonOptions,
): Promise<void> {
  const { pending, refusal } = await planOf(subject, folder, options);
  if (refusal !== null) process.exitCode = 1;
  if (options.json) return print(JSON.stringify({ pending, refusal }));
  print(refusal ?? `Valid: ${pending.length} pending.`);
}

/** Ends 1 when they are not applied. */
export async function applyMigrations(
  subject: string,
  folder: string,
  { moduleVersion, reason, ...options }: ApplyOptions,
): Promise<void> {
  const body = { ...(await draftOf(subject, folder)), version: moduleVersion, reason };
  printRun(await (await Migrator.of(options)).post('/v1/migrations', body, MigrationRunDetail), options);
}

/** Ends 1 when it is not undone. */
export async function undoMigrations(
  run: string,
  { reason, force = false, ...options }: ReasonOptions & { readonly force?: boolean },
): Promise<void> {
  const migrator = await Migrator.of(options);
  printRun(await migrator.post(`${pathOf(run)}/undo`, { reason, force }, MigrationRunDetail), options);
}

export async function cancelMigrations(run: string, { reason, ...options }: ReasonOptions): Promise<void> {
  const path = `${pathOf(run)}/cancel`;
  const cancelled = await (await Migrator.of(options)).post(path, { reason }, MigrationRunDetail);
  if (options.json) return print(JSON.stringify(cancelled));
  print(`${run} is being cancelled: ${cancelled.status}`);
}

/** The latest first. */
export async function listMigrationRuns(subject: string | undefined, options: CommonOptions): Promise<void> {
  const search = subject === undefined ? '' : `?subject=${encodeURIComponent(subject)}`;
  const { items } = await (await Migrator.of(options)).get(`/v1/migrations${search}`, MigrationRunPage);
  if (options.json) return print(JSON.stringify({ runs: items }));
  for (const { releaseId, provider, game, version, status, detail } of items)
    print(`${releaseId}  ${provider}/${game}@${version}  ${status}  ${detail}`);
  if (items.length === 0) print('No runs.');
}

/** Ends 1 when a schema has drifted, a script has failed, or a database gives no answer. */
export async function showMigrationStatus(
  subject: string | undefined,
  options: StatusOptions,
): Promise<void> {
  const query = new URLSearchParams({
    drift: String(options.drift ?? false),
    ...(subject ? { subject } : {}),
  });
  const { items } = await (
    await Migrator.of(options)
  ).get(`/v1/modules?${query.toString()}`, ModuleStatusList);
  if (items.some(isTroubled)) process.exitCode = 1;
  if (options.json) return print(JSON.stringify({ modules: items }));
  for (const item of items) printStatus(item);
  if (items.length === 0) print('No modules.');
}

export async function baselineModule(
  subject: string,
  version: string,
  { reason, ...options }: ReasonOptions,
): Promise<void> {
  const path = `/v1/modules/${subjectPath(subject)}/baseline`;
  const { items } = await (await Migrator.of(options)).post(path, { version, reason }, ModuleStatusList);
  if (options.json) return print(JSON.stringify({ modules: items }));
  for (const item of items) printStatus(item);
}

export async function repairModule(subject: string, options: CommonOptions): Promise<void> {
  const path = `/v1/modules/${subjectPath(subject)}/repair`;
  const { removed } = await (await Migrator.of(options)).post(path, {}, RepairResult);
  if (options.json) return print(JSON.stringify({ removed }));
  print(removed.length === 0 ? 'Nothing to repair.' : `Taken out of the history: ${removed.join(', ')}`);
}

async function planOf(subject: string, folder: string, options: CommonOptions): Promise<MigrationPlan> {
  const draft = await draftOf(subject, folder);
  return (await Migrator.of(options)).post('/v1/migrations/plan', draft, MigrationPlan);
}

/** All scripts of the folder; where it is in the release does not matter, only what it is called. */
async function draftOf(subject: string, folder: string): Promise<MigrationDraft> {
  const [provider = '', game = ''] = subjectPath(subject).split('/');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  if (names.length === 0) throw new Error(`${folder} has no scripts: files that end with .sql.`);
  const scripts = await Promise.all(
    names.map(async (name) => ({
      path: `migrations/${name}`,
      sql: await readFile(join(folder, name), 'utf8'),
    })),
  );
  return { provider, game, scripts };
}

/** The migrator as an operator uses it. */
class Migrator {
  private readonly url = new ServiceAddresses(process.env).url('migrator');

  private constructor(private readonly api: ApiClient) {}

  static async of(options: CommonOptions & { readonly actor?: string }): Promise<Migrator> {
    return new Migrator(new ApiClient(await operatorTokenOf(options), options.actor, TIMEOUT_MS));
  }

  async get<Answer>(path: string, schema: Parser<Answer>): Promise<Answer> {
    return schema.parse(await this.api.get(this.url + path));
  }

  async post<Answer>(path: string, body: object, schema: Parser<Answer>): Promise<Answer> {
    return schema.parse(await this.api.post(this.url + path, body));
  }
}

interface Parser<Answer> {
  parse(answer: unknown): Answer;
}

function subjectPath(subject: string): string {
  if (!/^[a-z0-9-]+\/[a-z0-9-]+$/.test(subject))
    throw new Error(`${subject} is no module. Name one as acme/wallet.`);
  return subject;
}

function pathOf(run: string): string {
  return `/v1/migrations/${encodeURIComponent(run)}`;
}

function printRun(run: MigrationRunDetail, { json }: CommonOptions): void {
  if (run.status !== 'applied' && run.status !== 'reverted') process.exitCode = 1;
  if (json) return print(JSON.stringify(run));
  print(`${run.releaseId}  ${run.provider}/${run.game}@${run.version}  ${run.status}`);
  for (const { version, description, durationMs } of run.scripts)
    print(`  ${version || 'R'}  ${description}  ${Math.round(durationMs)} ms`);
  print(run.detail);
}

function printStatus(status: ModuleStatus): void {
  const { provider, game, environment, tenant, engine, version, applied, failed, drift, detail } = status;
  const where = tenant === null ? environment : `${environment} of ${tenant}`;
  const what = engine === null ? 'no history' : `${version ?? 'no version'}  ${applied} applied by ${engine}`;
  print(`${provider}/${game}  ${where}  ${what}`);
  if (failed.length > 0) print(`  failed: ${failed.join(', ')}`);
  if (drift !== null && drift.length > 0) printDifferences('has drifted', drift);
  else if (drift !== null) print('  is what its history says');
  if (detail !== null) print(`  ${detail}`);
}

function printDifferences(title: string, differences: readonly SchemaDifference[]): void {
  if (differences.length === 0) return;
  print(`${title}:`);
  for (const { kind, name, before, after } of differences)
    print(`  ${before === null ? '+' : after === null ? '-' : '~'} ${kind} ${name}`);
}

function isTroubled({ failed, drift, detail }: ModuleStatus): boolean {
  return (
    failed.length > 0 || (drift !== null && drift.length > 0) || (detail ?? '').includes('cannot be told')
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CacheSelector,
  CacheTargetList,
  InvalidationDetail,
  InvalidationPage,
  type CacheStep,
  type InvalidationJob,
  type InvalidationRequest,
} from '@croupier/contracts';
import { ServiceAddresses } from '@croupier/service-kit';
import { ApiClient } from '../platform/api-client';
import { operatorTokenOf } from '../platform/operator-token';

interface CommonOptions {
  readonly state: string;
  readonly json?: boolean;
}

export interface PurgeOptions extends CommonOptions {
  readonly key?: readonly string[];
  readonly prefix?: readonly string[];
  readonly pattern?: readonly string[];
  readonly tag?: readonly string[];
  /** `provider/game@version`. */
  readonly app?: readonly string[];
  readonly everything?: boolean;
  readonly target?: readonly string[];
  readonly verify?: readonly string[];
  readonly dryRun?: boolean;
  /** Until the job is over; true unless said otherwise. */
  readonly wait?: boolean;
  readonly reason: string;
}

export interface CacheJobsOptions extends CommonOptions {
  readonly subject?: string;
  readonly only?: string;
  readonly limit: string;
}

const LOOK_EVERY_MS = 250;

/** Ends 1 when the job fails. */
export async function purgeCaches(options: PurgeOptions): Promise<void> {
  const request = requestOf(options);
  const service = await CacheService.of(options);
  let job = await service.start(request);
  while (options.wait !== false && job.state === 'running') {
    await delay(LOOK_EVERY_MS);
    job = await service.job(job.id);
  }
  printJob(job, options);
  if (job.state === 'failed') process.exitCode = 1;
}

export async function listCacheJobs(options: CacheJobsOptions): Promise<void> {
  const [provider, game] = options.subject?.split('/') ?? [];
  const page = await (
    await CacheService.of(options)
  ).jobs({
    limit: options.limit,
    ...(options.only ? { state: options.only } : {}),
    ...(provider ? { provider } : {}),
    ...(game ? { game } : {}),
  });
  if (options.json) return print(JSON.stringify({ jobs: page.items }));
  for (const job of page.items) print(lineOf(job));
  if (page.items.length === 0) print('No jobs.');
}

export async function showCacheJob(id: string, options: CommonOptions): Promise<void> {
  printJob(await (await CacheService.of(options)).job(id), options);
}

export async function cancelCacheJob(
  id: string,
  options: CommonOptions & { readonly reason: string },
): Promise<void> {
  printJob(await (await CacheService.of(options)).cancel(id, options.reason), options);
}

export async function listCacheTargets(options: CommonOptions): Promise<void> {
  const { targets } = await (await CacheService.of(options)).targets();
  if (options.json) return print(JSON.stringify({ targets }));
  for (const { name, kind, readable } of targets)
    print(`${name.padEnd(20)} ${kind.padEnd(12)} ${readable ? 'can be read through' : ''}`.trimEnd());
}

/** In the order in which they are named above: what points to something else is mostly a key. */
function requestOf(options: PurgeOptions): InvalidationRequest {
  const { key, prefix = [], pattern = [], tag, app = [], everything, target, verify = [] } = options;
  const selectors: CacheSelector[] = [
    ...(key ? [{ kind: 'keys' as const, keys: [...key] }] : []),
    ...prefix.map((each) => ({ kind: 'prefix' as const, prefix: each })),
    ...pattern.map((each) => ({ kind: 'pattern' as const, pattern: each })),
    ...(tag ? [{ kind: 'tags' as const, tags: [...tag] }] : []),
    ...app.map(versionSelector),
    ...(everything ? [{ kind: 'everything' as const }] : []),
  ];
  if (selectors.length === 0)
    throw new Error('Say what is to go: --key, --prefix, --pattern, --tag, --app or --everything.');
  if (everything && target === undefined)
    throw new Error('Say of which caches everything is to go: --target. croupier cache targets lists them.');
  return {
    selectors,
    targets: target ? [...target] : null,
    dryRun: options.dryRun ?? false,
    verify: [...verify],
    reason: options.reason,
  };
}

function versionSelector(text: string): CacheSelector {
  const [, provider, game, version] = /^([^/@]+)\/([^/@]+)@(.+)$/.exec(text) ?? [];
  const parsed = CacheSelector.safeParse({ kind: 'version', provider, game, version });
  if (!parsed.success) throw new Error(`${text} is no version. Name one as acme/slots@1.0.0.`);
  return parsed.data;
}

/** The cache service as an operator uses it. */
class CacheService {
  private constructor(
    private readonly api: ApiClient,
    private readonly url: string,
  ) {}

  static async of(options: CommonOptions): Promise<CacheService> {
    return new CacheService(
      new ApiClient(await operatorTokenOf(options)),
      new ServiceAddresses(process.env).url('cache'),
    );
  }

  async start(request: InvalidationRequest): Promise<InvalidationDetail> {
    const headers = { 'idempotency-key': randomUUID() };
    return InvalidationDetail.parse(await this.api.post(`${this.url}/v1/invalidations`, request, headers));
  }

  async job(id: string): Promise<InvalidationDetail> {
    return InvalidationDetail.parse(
      await this.api.get(`${this.url}/v1/invalidations/${encodeURIComponent(id)}`),
    );
  }

  async cancel(id: string, reason: string): Promise<InvalidationDetail> {
    const url = `${this.url}/v1/invalidations/${encodeURIComponent(id)}/cancel`;
    return InvalidationDetail.parse(await this.api.post(url, { reason }));
  }

  async jobs(search: Record<string, string>): Promise<InvalidationPage> {
    const query = new URLSearchParams(search).toString();
    return InvalidationPage.parse(await this.api.get(`${this.url}/v1/invalidations?${query}`));
  }

  async targets(): Promise<CacheTargetList> {
    return CacheTargetList.parse(await this.api.get(`${this.url}/v1/targets`));
  }
}

function printJob(job: InvalidationDetail, { json }: CommonOptions): void {
  if (json) return print(JSON.stringify(job));
  print(lineOf(job));
  for (const { target, step, state, attempts, entries, detail } of job.tasks) {
    const count = entries === null ? '' : `  ${entries} entries`;
    print(
      `  ${target.padEnd(16)} ${state.padEnd(8)} ${stepText(step)}${count}  ${attempts} x  ${detail ?? ''}`.trimEnd(),
    );
  }
}

function lineOf({
  id,
  state,
  cause,
  subject,
  version,
  dryRun,
  entries,
  createdAt,
  reason,
}: InvalidationJob): string {
  const what = subject === null ? '' : `  ${subject}${version === null ? '' : `@${version}`}`;
  const counted = `${entries} entries ${dryRun ? 'would go' : 'went'}`;
  return `${id}  ${createdAt}  ${state.padEnd(9)} ${cause}${what}  ${counted}  ${reason}`;
}

function stepText(step: CacheStep): string {
  switch (step.kind) {
    case 'purge': {
      const { kind, ...what } = step.selector;
      return `purge ${kind} ${Object.values(what).flat().slice(0, 5).join(' ')}`.trimEnd();
    }
    case 'warm':
      return 'fetch the new files';
    case 'origin':
      return `wait for ${step.path}`;
    case 'verify':
      return `read back ${step.path}`;
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

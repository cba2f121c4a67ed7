import { Injectable } from '@nestjs/common';
import type { PipelineSuite } from '@croupier/contracts';
import { OutboundHttp, OutboundHttpError, type OutboundAnswer } from '@croupier/service-kit';
import { z } from 'zod';
import { filledIn } from '../../targets/gitops/gitops-config';
import { PipelineConfig } from '../pipeline-config';
import {
  MAX_LOG_LENGTH,
  parametersOf,
  PipelineRunner,
  reasonOf,
  RUN_ID,
  type PipelineJob,
  type PipelineResult,
  type PipelineState,
} from '../pipeline-runner';
import { withoutSlash } from '../../without-slash';

type Known = Omit<PipelineJob, 'endpoint'>;

/** https://www.jenkins.io/doc/book/using/remote-access-api/ and `<page>/api/` of any Jenkins. */
const Actions = z.array(
  z.looseObject({
    parameters: z.array(z.looseObject({ name: z.string(), value: z.unknown() })).optional(),
  }),
);
const QueueItem = z.object({
  id: z.int(),
  cancelled: z.boolean().optional(),
  executable: z.object({ url: z.string() }).nullish(),
  actions: Actions.default([]),
});
const Build = z.object({ url: z.string(), building: z.boolean(), result: z.string().nullable() });
const TestReport = z.object({
  suites: z.array(
    z.object({
      name: z.string(),
      duration: z.number(),
      cases: z.array(z.object({ name: z.string(), status: z.string(), errorDetails: z.string().nullish() })),
    }),
  ),
});
const Crumb = z.object({ crumb: z.string(), crumbRequestField: z.string() });

const OUTCOMES: Readonly<Record<string, PipelineResult['outcome']>> = {
  SUCCESS: 'passed',
  ABORTED: 'cancelled',
};
const LOOK_BACK = 20;
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * A parameterized job of Jenkins. What is begun is an item of the queue, and a build only later: the id is `queue/<n>`
 * first, and the build's address then.
 */
@Injectable()
export class JenkinsPipeline extends PipelineRunner {
  constructor(
    private readonly http: OutboundHttp,
    private readonly config: PipelineConfig,
  ) {
    super();
  }

  async start(job: PipelineJob): Promise<PipelineState> {
    const begun = await this.find(job);
    if (begun !== null) return this.poll(begun, job);
    const parameters = new URLSearchParams(parametersOf(job)).toString();
    const { headers } = await this.post(`${this.job(job)}/buildWithParameters`, parameters, 1);
    const item = /\/queue\/item\/(\d+)/.exec(String(headers['location'] ?? ''))?.[1];
    if (item === undefined)
      throw new Error('Jenkins has taken the build, and does not say where it is queued');
    return { kind: 'running', externalId: `queue/${item}`, url: null };
  }

  async poll(externalId: string, job: Known): Promise<PipelineState> {
    const item = /^queue\/(\d+)$/.exec(externalId)?.[1];
    if (item === undefined) return this.pollBuild(externalId);
    const queued = await this.readOrNull(`${this.config.jenkins.url}/queue/item/${item}/api/json`);
    // Jenkins forgets an item some minutes after it has left the queue.
    const build = queued === null ? await this.find(job as PipelineJob) : null;
    if (build !== null && !build.startsWith('queue/')) return this.pollBuild(build);
    if (queued === null) throw new Error(`Jenkins knows neither queue item ${item} nor a build of it`);
    const { cancelled, executable } = QueueItem.parse(queued);
    if (cancelled === true)
      return {
        kind: 'ended',
        url: null,
        result: ended('cancelled', 'it was taken out of the queue', [], ''),
      };
    if (!executable) return { kind: 'running', externalId, url: null };
    return this.pollBuild(executable.url);
  }

  async cancel(externalId: string): Promise<void> {
    const item = /^queue\/(\d+)$/.exec(externalId)?.[1];
    if (item === undefined) await this.post(`${this.own(externalId)}stop`, '');
    else await this.post(`${this.config.jenkins.url}/queue/cancelItem?id=${item}`, '').catch(ignoreAbsent);
  }

  private async pollBuild(address: string): Promise<PipelineState> {
    const build = Build.parse(await this.read(`${this.own(address)}api/json?tree=url,building,result`));
    if (build.building || build.result === null)
      return { kind: 'running', externalId: address, url: build.url };
    const [suites, log] = await Promise.all([this.suites(address), this.log(address)]);
    const outcome = OUTCOMES[build.result] ?? 'failed';
    const reason = outcome === 'passed' ? '' : reasonOf(suites, `Jenkins says ${build.result}: ${build.url}`);
    return { kind: 'ended', url: `${build.url}console`, result: ended(outcome, reason, suites, log) };
  }

  /** What an earlier call has begun: in the queue, or among the latest builds. */
  private async find(job: PipelineJob): Promise<string | null> {
    const isOwn = (actions: z.infer<typeof Actions>): boolean =>
      actions.some(({ parameters = [] }) =>
        parameters.some(({ name, value }) => name === RUN_ID && value === job.runId),
      );
    const queue = z
      .object({ items: z.array(QueueItem) })
      .parse(await this.read(`${this.config.jenkins.url}/queue/api/json`));
    const waiting = queue.items.find(({ actions }) => isOwn(actions));
    if (waiting) return `queue/${waiting.id}`;
    const tree = `builds[url,actions[parameters[name,value]]]{0,${LOOK_BACK}}`;
    const { builds } = z
      .object({ builds: z.array(z.object({ url: z.string(), actions: Actions.default([]) })) })
      .parse(await this.read(`${this.job(job)}/api/json?tree=${encodeURIComponent(tree)}`));
    return builds.find(({ actions }) => isOwn(actions))?.url ?? null;
  }

  private async suites(address: string): Promise<PipelineSuite[]> {
    const found = await this.readOrNull(`${this.own(address)}testReport/api/json`);
    if (found === null) return [];
    return TestReport.parse(found).suites.map(({ name, duration, cases }) => {
      const failed = cases.filter(({ status }) => status === 'FAILED' || status === 'REGRESSION');
      return {
        name,
        tests: cases.length,
        failed: failed.length,
        skipped: cases.filter(({ status }) => status === 'SKIPPED').length,
        durationMs: duration * 1_000,
        failures: failed
          .slice(0, 50)
          .map((each) => ({ name: each.name, message: (each.errorDetails ?? '').slice(0, 500) })),
      };
    });
  }

  /** https://www.jenkins.io/doc/book/using/remote-access-api/ : `logText/progressiveText` answers from an offset on. */
  private async log(address: string): Promise<string> {
    let text = '';
    for (let start = 0; ;) {
      const page = await this.http.get(`${this.own(address)}logText/progressiveText?start=${start}`, {
        headers: this.headers,
        maxBytes: MAX_BYTES,
      });
      text = (text + page.body.toString('utf8')).slice(-MAX_LOG_LENGTH);
      const size = Number(page.headers['x-text-size'] ?? 0);
      if (page.headers['x-more-data'] !== 'true' || size <= start) return text;
      start = size;
    }
  }

  /** Against cross-site requests, Jenkins wants a crumb with each POST, unless its issuer is off. */
  private async post(url: string, body: string, attempts?: number): Promise<OutboundAnswer> {
    const issued = await this.http
      .get(`${this.config.jenkins.url}/crumbIssuer/api/json`, { headers: this.headers })
      .catch(ignoreAbsent);
    const crumb = issued ? Crumb.parse(JSON.parse(issued.body.toString())) : null;
    const cookies = [issued?.headers['set-cookie'] ?? []].flat().map((cookie) => cookie.split(';')[0]);
    const headers = {
      ...this.headers,
      'content-type': 'application/x-www-form-urlencoded',
      ...(crumb && { [crumb.crumbRequestField]: crumb.crumb }),
      ...(cookies.length > 0 && { cookie: cookies.join('; ') }),
    };
    return this.http.post(url, body, { headers, ...(attempts !== undefined && { attempts }) });
  }

  private read(url: string): Promise<unknown> {
    return this.http.getJson(url, { headers: this.headers, maxBytes: MAX_BYTES });
  }

  private readOrNull(url: string): Promise<unknown> {
    return this.read(url).catch((error: OutboundHttpError) => ignoreAbsent(error) ?? null);
  }

  private get headers(): Record<string, string> {
    const { user, token } = this.config.jenkins;
    return { authorization: `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}` };
  }

  private job({ spec: { manifest } }: Known): string {
    const { url, job } = this.config.jenkins;
    return `${url}/${filledIn(job, { provider: manifest.provider, game: manifest.game })}`;
  }

  /** Jenkins tells addresses as its own configuration has them; ours is how it is reached, and gets the credentials. */
  private own(address: string): string {
    const { url } = this.config.jenkins;
    const { pathname } = new URL(address);
    const root = withoutSlash(new URL(url).pathname);
    const path = pathname.startsWith(`${root}/`) ? pathname.slice(root.length) : pathname;
    return `${url}${path}`.replace(/\/?$/, '/');
  }
}

function ended(
  outcome: PipelineResult['outcome'],
  reason: string,
  suites: readonly PipelineSuite[],
  log: string,
): PipelineResult {
  return { outcome, reason, suites, log };
}

function ignoreAbsent(error: unknown): undefined {
  if (error instanceof OutboundHttpError && error.status === 404) return undefined;
  throw error;
}

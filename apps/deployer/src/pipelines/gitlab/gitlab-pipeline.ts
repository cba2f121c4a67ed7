import { Injectable } from '@nestjs/common';
import type { PipelineSuite } from '@croupier/contracts';
import { OutboundHttp, OutboundHttpError } from '@croupier/service-kit';
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

type Known = Omit<PipelineJob, 'endpoint'>;

/** https://docs.gitlab.com/api/pipelines/ */
const Pipeline = z.object({ id: z.int(), status: z.string(), web_url: z.string() });
const Variables = z.array(z.object({ key: z.string(), value: z.string() }));
/** https://docs.gitlab.com/api/jobs/ */
const Jobs = z.array(z.object({ id: z.int(), name: z.string(), status: z.string() }));
/** https://docs.gitlab.com/api/pipelines/#get-a-test-report-for-a-pipeline : seconds; the JUnit reports of all jobs. */
const TestReport = z.object({
  test_suites: z.array(
    z.object({
      name: z.string(),
      total_time: z.number(),
      total_count: z.int(),
      failed_count: z.int(),
      error_count: z.int(),
      skipped_count: z.int(),
      test_cases: z.array(
        z.object({ status: z.string(), name: z.string(), system_output: z.unknown().optional() }),
      ),
    }),
  ),
});

const OUTCOMES: Readonly<Record<string, PipelineResult['outcome']>> = {
  success: 'passed',
  failed: 'failed',
  canceled: 'cancelled',
  skipped: 'failed',
};
/** As many of the latest are looked through for one that an earlier call has begun. */
const LOOK_BACK = 20;
const MAX_TRACED_JOBS = 20;
const MAX_BYTES = 8 * 1024 * 1024;

/** A pipeline of GitLab CI/CD, begun by a trigger token. */
@Injectable()
export class GitLabPipeline extends PipelineRunner {
  constructor(
    private readonly http: OutboundHttp,
    private readonly config: PipelineConfig,
  ) {
    super();
  }

  async start(job: PipelineJob): Promise<PipelineState> {
    const begun = await this.find(job);
    if (begun !== null) return this.poll(begun, job);
    const { triggerToken, ref } = this.config.gitLab;
    const answer = await this.http.post(
      `${this.project(job)}/trigger/pipeline`,
      JSON.stringify({ token: triggerToken, ref, variables: parametersOf(job) }),
      // Once: what it has begun is found by the next call.
      { headers: { 'content-type': 'application/json' }, attempts: 1 },
    );
    const { id, web_url: url } = Pipeline.parse(JSON.parse(answer.body.toString()));
    return { kind: 'running', externalId: String(id), url };
  }

  async poll(externalId: string, job: Known): Promise<PipelineState> {
    const path = `${this.project(job)}/pipelines/${externalId}`;
    const { status, web_url: url } = Pipeline.parse(await this.read(path));
    const outcome = OUTCOMES[status];
    if (outcome === undefined) return { kind: 'running', externalId, url };
    const [suites, log] = await Promise.all([this.suites(path), this.log(path, job)]);
    const reason = outcome === 'passed' ? '' : reasonOf(suites, `GitLab says ${status}: ${url}`);
    return { kind: 'ended', url, result: { outcome, reason, suites, log } };
  }

  async cancel(externalId: string, job: Known): Promise<void> {
    await this.http.post(`${this.project(job)}/pipelines/${externalId}/cancel`, '', {
      headers: this.headers,
    });
  }

  private async find(job: PipelineJob): Promise<string | null> {
    const { ref } = this.config.gitLab;
    const query = `source=trigger&ref=${encodeURIComponent(ref)}&order_by=id&sort=desc&per_page=${LOOK_BACK}`;
    const latest = z.array(Pipeline).parse(await this.read(`${this.project(job)}/pipelines?${query}`));
    for (const { id } of latest) {
      const variables = Variables.parse(await this.read(`${this.project(job)}/pipelines/${id}/variables`));
      if (variables.some(({ key, value }) => key === RUN_ID && value === job.runId)) return String(id);
    }
    return null;
  }

  private async suites(path: string): Promise<PipelineSuite[]> {
    const report = TestReport.parse(await this.read(`${path}/test_report`));
    return report.test_suites.map((suite) => ({
      name: suite.name,
      tests: suite.total_count,
      failed: suite.failed_count + suite.error_count,
      skipped: suite.skipped_count,
      durationMs: suite.total_time * 1_000,
      failures: suite.test_cases
        .filter(({ status }) => status === 'failed' || status === 'error')
        .slice(0, 50)
        .map(({ name, system_output }) => ({ name, message: textOf(system_output).slice(0, 500) })),
    }));
  }

  /** The traces of its jobs, one after the other: of each, the end. */
  private async log(path: string, job: Known): Promise<string> {
    const jobs = Jobs.parse(await this.read(`${path}/jobs?per_page=${MAX_TRACED_JOBS}`));
    const share = Math.floor(MAX_LOG_LENGTH / Math.max(1, jobs.length));
    const traces = await Promise.all(
      jobs.map(async ({ id, name, status }) => {
        const trace = await this.http
          .getBytes(`${this.project(job)}/jobs/${id}/trace`, { headers: this.headers, maxBytes: MAX_BYTES })
          .catch((error: OutboundHttpError) => Buffer.from(`(${error.message})`));
        return `== ${name}: ${status}\n${trace.toString('utf8').slice(-(share - 100))}\n`;
      }),
    );
    return traces.join('').slice(-MAX_LOG_LENGTH);
  }

  private read(url: string): Promise<unknown> {
    return this.http.getJson(url, { headers: this.headers, maxBytes: MAX_BYTES });
  }

  private get headers(): Record<string, string> {
    return { 'private-token': this.config.gitLab.token };
  }

  private project({ spec: { manifest } }: Known): string {
    const { url, project } = this.config.gitLab;
    const name = filledIn(project, { provider: manifest.provider, game: manifest.game });
    return `${url}/api/v4/projects/${encodeURIComponent(name)}`;
  }
}

function textOf(output: unknown): string {
  return typeof output === 'string' ? output : JSON.stringify(output ?? '');
}

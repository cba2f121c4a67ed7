import { Environment, loadConfig } from '@croupier/service-kit';
import { z } from 'zod';
import { choiceBySubject, type ChoiceBySubject } from '../subjects/choice-by-subject';
import { withoutSlash } from '../without-slash';

export const RUNNER_NAMES = ['built-in', 'gitlab-ci', 'jenkins'] as const;
export type RunnerName = (typeof RUNNER_NAMES)[number];

const url = z.url({ protocol: /^https?$/ }).transform(withoutSlash);

const PipelineConfigSchema = z.object({
  /** What tests a subject's versions; left out, the built-in pipeline. */
  PIPELINES: choiceBySubject(RUNNER_NAMES),
  PIPELINE_POLL_MS: z.coerce.number().int().min(50).max(60_000).default(2_000),
  GITLAB_URL: url.default('https://gitlab.com'),
  /** Number or path of the project; `{provider}` and `{game}` are filled in, here and below. */
  GITLAB_PROJECT: z.string().default('{provider}/{game}'),
  GITLAB_REF: z.string().default('main'),
  GITLAB_TRIGGER_TOKEN: z.string().default(''),
  /** With the scope `api`: reads pipelines, traces and reports, and cancels. */
  GITLAB_TOKEN: z.string().default(''),
  /** What GitLab's webhook sends as `X-Gitlab-Token`. Without it, none is taken, and polling alone tells. */
  GITLAB_WEBHOOK_TOKEN: z.string().min(16).optional(),
  JENKINS_URL: url.default('http://127.0.0.1:8080'),
  /** Path of the job, folders included: `job/games/job/slots`. */
  JENKINS_JOB: z.string().default('job/{provider}/job/{game}'),
  JENKINS_USER: z.string().default('croupier'),
  JENKINS_TOKEN: z.string().default(''),
});

export class PipelineConfig {
  readonly runners: ChoiceBySubject<RunnerName>;
  readonly pollMs: number;
  readonly gitLab: {
    readonly url: string;
    readonly project: string;
    readonly ref: string;
    readonly triggerToken: string;
    readonly token: string;
    readonly webhookToken: string | undefined;
  };
  readonly jenkins: {
    readonly url: string;
    readonly job: string;
    readonly user: string;
    readonly token: string;
  };

  constructor(environment: Environment | NodeJS.ProcessEnv) {
    const config = loadConfig(PipelineConfigSchema, environment);
    this.runners = config.PIPELINES;
    this.pollMs = config.PIPELINE_POLL_MS;
    this.gitLab = {
      url: config.GITLAB_URL,
      project: config.GITLAB_PROJECT,
      ref: config.GITLAB_REF,
      triggerToken: config.GITLAB_TRIGGER_TOKEN,
      token: config.GITLAB_TOKEN,
      webhookToken: config.GITLAB_WEBHOOK_TOKEN,
    };
    this.jenkins = {
      url: config.JENKINS_URL,
      job: config.JENKINS_JOB,
      user: config.JENKINS_USER,
      token: config.JENKINS_TOKEN,
    };
  }
}

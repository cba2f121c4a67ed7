import { LineOfText } from '@croupier/contracts';
import { z } from 'zod';
import { ignored, releaseOf, timeOf, urlOf, type ReadPipeline } from './module-release';

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#pipeline-events */
const PipelineEvent = z.object({
  object_kind: z.literal('pipeline'),
  object_attributes: z.object({
    id: z.int(),
    ref: LineOfText.max(300),
    tag: z.boolean(),
    status: LineOfText.max(50),
    finished_at: z.string().nullish(),
    url: z.string().nullish(),
  }),
  project: z.object({ path_with_namespace: LineOfText.max(300), web_url: z.string() }),
});

const AnyEvent = z.object({ object_kind: LineOfText.max(50) });

/** A green pipeline of a version's tag is a release. The message names no image: the settings say where it is. */
export const readGitlabCi: ReadPipeline = (payload, settings, receivedAt) => {
  const { object_kind: kind } = AnyEvent.parse(payload);
  if (kind !== 'pipeline') return ignored(`a ${kind} event is no pipeline event`);
  const { object_attributes: pipeline, project } = PipelineEvent.parse(payload);
  if (pipeline.status !== 'success') return ignored(`the pipeline's status is ${pipeline.status}`);
  if (!pipeline.tag) return ignored(`the pipeline ran for the branch ${pipeline.ref}; releases are tags`);
  return releaseOf(
    {
      name: project.path_with_namespace,
      version: pipeline.ref,
      timestamp: timeOf(pipeline.finished_at, receivedAt),
      artifact: null,
      pipelineUrl: urlOf(pipeline.url ?? `${project.web_url}/-/pipelines/${pipeline.id}`),
    },
    settings,
  );
};

export const gitlabCiSample = {
  object_kind: 'pipeline',
  object_attributes: {
    id: 31,
    iid: 3,
    ref: 'v1.4.0',
    tag: true,
    sha: 'bcbb5ec396a2c0f828686f14fac9b80b780504f2',
    source: 'push',
    status: 'success',
    detailed_status: 'passed',
    stages: ['build', 'test', 'publish'],
    created_at: '2025-08-12 15:23:28 UTC',
    finished_at: '2025-08-12 15:26:29 UTC',
    duration: 63,
    variables: [],
    url: 'https://gitlab.example.com/platform/wallet/-/pipelines/31',
  },
  merge_request: null,
  user: { id: 1, name: 'Administrator', username: 'root' },
  project: {
    id: 1,
    name: 'wallet',
    web_url: 'https://gitlab.example.com/platform/wallet',
    path_with_namespace: 'platform/wallet',
    default_branch: 'main',
  },
  builds: [],
};

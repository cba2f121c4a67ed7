import { LineOfText } from '@croupier/contracts';
import { z } from 'zod';
import { ignored, releaseOf, timeOf, urlOf, type ModuleNames, type ReadPipeline } from './module-release';

/** https://plugins.jenkins.io/notification/ */
const Notification = z.object({
  name: LineOfText.max(300),
  build: z.object({
    full_url: z.string().optional(),
    phase: LineOfText.max(50),
    /** Not there while the build runs. */
    status: LineOfText.max(50).optional(),
    /** Milliseconds since 1970, when the build was started. */
    timestamp: z.number().optional(),
    scm: z.object({ branch: LineOfText.max(300).optional() }).optional(),
    parameters: z.record(z.string(), z.unknown()).optional(),
    artifacts: z.record(z.string(), z.record(z.string(), z.string())).optional(),
  }),
});
type Build = z.infer<typeof Notification>['build'];

/** FINALIZED follows COMPLETED, once the artifacts are archived: acting on one of them makes one release. */
const PHASE = 'FINALIZED';

export const readJenkins: ReadPipeline<ModuleNames & { versionParameter: string }> = (
  payload,
  settings,
  receivedAt,
) => {
  const { name, build } = Notification.parse(payload);
  if (build.phase !== PHASE) return ignored(`the build's phase is ${build.phase}; ${PHASE} is awaited`);
  if (build.status !== 'SUCCESS') return ignored(`the build's status is ${build.status ?? 'not known'}`);
  const version = versionIn(build, settings.versionParameter);
  if (version === undefined)
    return ignored(`the build has no parameter ${settings.versionParameter} and names no tag`);
  return releaseOf(
    {
      name,
      version,
      timestamp: timeOf(build.timestamp, receivedAt),
      artifact: artifactOf(build),
      pipelineUrl: urlOf(build.full_url),
    },
    settings,
  );
};

function versionIn({ parameters = {}, scm }: Build, parameter: string): string | undefined {
  const given = Object.hasOwn(parameters, parameter)
    ? LineOfText.max(100).safeParse(parameters[parameter])
    : undefined;
  return given?.success ? given.data : scm?.branch?.split('/').at(-1);
}

/** The first that was archived. Where it is stored has its own key: `archive` on Jenkins itself, `s3` elsewhere. */
function artifactOf({ artifacts = {} }: Build): { kind: 'file'; reference: string; sha256: null } | null {
  for (const places of Object.values(artifacts)) {
    const reference = urlOf(places['archive']) ?? urlOf(places['s3']);
    if (reference !== null && reference.length <= 2000) return { kind: 'file', reference, sha256: null };
  }
  return null;
}

export const jenkinsSample = {
  name: 'wallet',
  display_name: 'wallet',
  url: 'job/wallet/',
  build: {
    full_url: 'https://jenkins.example.com/job/wallet/18/',
    number: 18,
    timestamp: 1_755_012_389_000,
    phase: 'FINALIZED',
    status: 'SUCCESS',
    url: 'job/wallet/18/',
    scm: {
      url: 'https://git.example.com/platform/wallet.git',
      branch: 'origin/main',
      commit: 'c6d86dc654b12425e706bcf951adfe5a8627a517',
    },
    parameters: { VERSION: '1.4.0' },
    artifacts: {
      'wallet-1.4.0.tgz': {
        archive: 'https://jenkins.example.com/job/wallet/18/artifact/wallet-1.4.0.tgz',
      },
    },
  },
};

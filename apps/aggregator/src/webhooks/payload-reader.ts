import { ProviderWebhook, type PayloadSettings } from '@croupier/contracts';
import { invalidRequest } from '@croupier/service-kit';
import { ZodError } from 'zod';
import { Mapping } from '../mapping/mapping';
import { MappingFault } from '../mapping/mapping-fault';
import { artifactorySample, readArtifactory } from '../pipelines/artifactory';
import { gitlabCiSample, readGitlabCi } from '../pipelines/gitlab-ci';
import { jenkinsSample, readJenkins } from '../pipelines/jenkins';
import type { ModuleNames, ReadPipeline } from '../pipelines/module-release';
import { nexusSample, readNexus } from '../pipelines/nexus';
import { ociRegistrySample, readOciRegistry } from '../pipelines/oci-registry';
import type { Announcement } from './announcement';
import { mappingFailed } from './webhook-problems';
import { parseJson } from './webhook-payload';

export type Content =
  | { readonly kind: 'announced'; readonly announcements: readonly [Announcement, ...Announcement[]] }
  | { readonly kind: 'ignored'; readonly reason: string };

/** Understands the bodies of one provider. */
export interface PayloadReader {
  /**
   * At once where nothing is waited for: each promise is one more object that lives while a webhook waits.
   * @throws ProblemException
   */
  read(body: Buffer, receivedAt: Date): Content | Promise<Content>;
  /** A body as it comes; undefined where only the provider knows. */
  readonly sample: unknown;
  /** Where the vendor puts an id that stays the same on every retry. */
  readonly customaryIdHeader?: string;
}

/** @throws MappingFault */
export function payloadReaderOf(settings: PayloadSettings): PayloadReader {
  switch (settings.kind) {
    case 'croupier':
      return { read: (body) => readOurs(parseJson(body)), sample: ourSample };
    case 'jsonata':
      return mapped(new Mapping(settings.expression));
    case 'gitlab-ci':
      return pipeline(readGitlabCi, settings, gitlabCiSample);
    case 'jenkins':
      return pipeline(readJenkins, settings, jenkinsSample);
    case 'nexus':
      // https://help.sonatype.com/en/example-headers-and-payloads.html
      return { ...pipeline(readNexus, settings, nexusSample), customaryIdHeader: 'x-nexus-webhook-delivery' };
    case 'artifactory':
      return pipeline(readArtifactory, settings, artifactorySample);
    case 'oci-registry':
      return pipeline(readOciRegistry, settings, ociRegistrySample);
  }
}

function readOurs(payload: unknown): Content {
  const parsed = ProviderWebhook.safeParse(payload);
  if (!parsed.success) throw invalidRequest(parsed.error);
  return { kind: 'announced', announcements: [parsed.data] };
}

function mapped(mapping: Mapping): PayloadReader {
  return {
    sample: undefined,
    async read(body) {
      const payload = parseJson(body);
      try {
        const outcome = await mapping.map(payload);
        return outcome.kind === 'ignored' ? outcome : { kind: 'announced', announcements: outcome.webhooks };
      } catch (error) {
        throw error instanceof MappingFault ? mappingFailed(error) : error;
      }
    },
  };
}

function pipeline<Settings extends ModuleNames>(
  read: ReadPipeline<Settings>,
  settings: Settings,
  sample: unknown,
): PayloadReader {
  return {
    sample,
    read(body, receivedAt) {
      const payload = parseJson(body);
      try {
        const reading = read(payload, settings, receivedAt);
        return reading.kind === 'ignored' ? reading : { kind: 'announced', announcements: reading.releases };
      } catch (error) {
        throw error instanceof ZodError ? invalidRequest(error) : error;
      }
    },
  };
}

const ourSample: ProviderWebhook = {
  type: 'game.updated',
  timestamp: '2026-01-31T12:00:00Z',
  data: {
    game: 'sample',
    version: '1.0.0',
    manifestUrl: 'https://cdn.example/sample/1.0.0/manifest.json',
    manifestSha256: '0'.repeat(64),
  },
};

import { LineOfText } from '@croupier/contracts';
import { z } from 'zod';
import {
  ignored,
  ociDigest,
  releaseOf,
  timeOf,
  type ModuleNames,
  type ModuleRelease,
  type PipelineReading,
  type ReadPipeline,
} from './module-release';

/** https://distribution.github.io/distribution/about/notifications/ */
const Envelope = z.object({
  events: z
    .array(
      z.object({
        timestamp: z.string().optional(),
        action: LineOfText.max(50),
        target: z.object({
          repository: LineOfText.max(300),
          /** Not there for layers, nor when a manifest is pushed by its digest. */
          tag: LineOfText.max(200).optional(),
          digest: LineOfText.max(200).optional(),
        }),
        request: z.object({ host: LineOfText.max(200).optional() }).optional(),
      }),
    )
    .min(1)
    .max(100),
});
type RegistryEvent = z.infer<typeof Envelope>['events'][number];

/** The registry sends events one by one today; its format allows several in one message. */
export const readOciRegistry: ReadPipeline = (payload, settings, receivedAt) => {
  const readings = Envelope.parse(payload).events.map((event) => readEvent(event, settings, receivedAt));
  const [first, ...rest] = readings.flatMap((reading): readonly ModuleRelease[] =>
    reading.kind === 'released' ? reading.releases : [],
  );
  if (first) return { kind: 'released', releases: [first, ...rest] };
  return readings[0] ?? ignored('the message has no events');
};

function readEvent(
  { action, target, timestamp, request }: RegistryEvent,
  settings: ModuleNames,
  receivedAt: Date,
): PipelineReading {
  const { repository, tag, digest } = target;
  if (action !== 'push') return ignored(`the action is ${action}; push is awaited`);
  if (tag === undefined) return ignored(`what was pushed to ${repository} has no tag`);
  const reference = `${request?.host === undefined ? '' : `${request.host}/`}${repository}:${tag}`;
  return releaseOf(
    {
      name: repository,
      version: tag,
      timestamp: timeOf(timestamp, receivedAt),
      artifact: { kind: 'image', reference: reference.slice(0, 500), digest: ociDigest(digest) },
      pipelineUrl: null,
    },
    settings,
  );
}

export const ociRegistrySample = {
  events: [
    {
      id: '320678d8-ca14-430f-8bb6-4ca139cd83f7',
      timestamp: '2025-08-12T15:26:29.402973972Z',
      action: 'push',
      target: {
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        size: 708,
        digest: 'sha256:fea8895f450959fa676bcc1df0611ea93823a735a01205fd8622846041d0c7cf',
        length: 708,
        repository: 'platform/wallet',
        url: 'https://registry.example.com/v2/platform/wallet/manifests/sha256:fea8895f450959fa676bcc1df0611ea93823a735a01205fd8622846041d0c7cf',
        tag: '1.4.0',
      },
      request: {
        id: '6df24a34-0959-4923-81ca-14f09767db19',
        addr: '10.0.0.7:42961',
        host: 'registry.example.com',
        method: 'PUT',
        useragent: 'docker/27.1.1',
      },
      actor: {},
      source: { addr: 'registry-1:5000', instanceID: 'a53db899-3b4b-4a62-a067-8dd013beaca4' },
    },
  ],
};

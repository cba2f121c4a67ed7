import { LineOfText, type ModuleArtifact } from '@croupier/contracts';
import { z } from 'zod';
import { ignored, releaseOf, timeOf, type ReadPipeline } from './module-release';

/** https://help.sonatype.com/en/example-headers-and-payloads.html, 'Repository Component' */
const ComponentEvent = z.object({
  timestamp: z.string().optional(),
  repositoryName: LineOfText.max(200),
  action: LineOfText.max(50),
  component: z.object({
    format: LineOfText.max(50),
    name: LineOfText.max(300),
    group: LineOfText.max(300).nullish(),
    version: LineOfText.max(200).nullish(),
  }),
});
type Component = z.infer<typeof ComponentEvent>['component'];

/** Webhooks of assets and of audits have the same envelope. */
const AnyEvent = z.object({ component: z.unknown().optional() });

export const readNexus: ReadPipeline = (payload, settings, receivedAt) => {
  if (AnyEvent.parse(payload).component === undefined) return ignored('the message is of no component');
  const { timestamp, repositoryName, action, component } = ComponentEvent.parse(payload);
  if (action !== 'CREATED') return ignored(`the component was ${action}; CREATED is awaited`);
  if (typeof component.version !== 'string') return ignored(`${component.name} has no version`);
  return releaseOf(
    {
      name: component.name,
      version: component.version,
      timestamp: timeOf(timestamp, receivedAt),
      artifact: artifactOf(repositoryName, component, component.version),
      pipelineUrl: null,
    },
    settings,
  );
};

/** By the repository's name: the message does not tell at which address the repository answers. */
function artifactOf(repository: string, { format, name, group }: Component, version: string): ModuleArtifact {
  if (format === 'docker')
    return { kind: 'image', reference: `${repository}/${name}:${version}`.slice(0, 500), digest: null };
  const path = [repository, group, name, version].filter((part) => typeof part === 'string' && part !== '');
  return { kind: 'file', reference: path.join('/'), sha256: null };
}

export const nexusSample = {
  timestamp: '2025-08-12T15:26:29.664+0000',
  nodeId: '52905B51-085CCABB-CEBBEAAD-16795588-FC927D93',
  initiator: 'ci/10.0.0.7',
  repositoryName: 'modules',
  action: 'CREATED',
  component: {
    id: '08909bf0c86cf6c9600aade89e1c5e25',
    componentId: 'bW9kdWxlczowODkwOWJmMGM4NmNmNmM5NjAwYWFkZTg5ZTFjNWUyNQ',
    format: 'docker',
    name: 'platform/wallet',
    version: '1.4.0',
  },
};

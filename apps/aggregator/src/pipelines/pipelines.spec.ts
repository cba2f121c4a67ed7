import fc from 'fast-check';
import { ZodError } from 'zod';
import { artifactorySample, readArtifactory } from './artifactory';
import { gitlabCiSample, readGitlabCi } from './gitlab-ci';
import { jenkinsSample, readJenkins } from './jenkins';
import type { ModuleNames, PipelineReading } from './module-release';
import { nexusSample, readNexus } from './nexus';
import { ociRegistrySample, readOciRegistry } from './oci-registry';

const RECEIVED_AT = new Date('2026-01-31T12:00:00.000Z');
type Read = (payload: unknown, names?: ModuleNames) => PipelineReading;

const readers = {
  gitlab: (payload, names = {}) => readGitlabCi(payload, names, RECEIVED_AT),
  jenkins: (payload, names = {}) =>
    readJenkins(payload, { versionParameter: 'VERSION', ...names }, RECEIVED_AT),
  nexus: (payload, names = {}) => readNexus(payload, names, RECEIVED_AT),
  artifactory: (payload, names = {}) => readArtifactory(payload, names, RECEIVED_AT),
  oci: (payload, names = {}) => readOciRegistry(payload, names, RECEIVED_AT),
} satisfies Record<string, Read>;

const samples = {
  gitlab: gitlabCiSample,
  jenkins: jenkinsSample,
  nexus: nexusSample,
  artifactory: artifactorySample,
  oci: ociRegistrySample,
};
type Vendor = keyof typeof samples;
const VENDORS = Object.keys(samples) as Vendor[];

/** A deep copy of the vendor's sample with the values at these paths replaced. */
function sample(vendor: Vendor, changes: Record<string, unknown> = {}): unknown {
  const copy = structuredClone(samples[vendor]) as unknown;
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    const parent = keys.reduce((node, key) => (node as Record<string, unknown>)[key], copy) as Record<
      string,
      unknown
    >;
    if (value === undefined) delete parent[last];
    else parent[last] = value;
  }
  return copy;
}

function releases(reading: PipelineReading): readonly object[] {
  if (reading.kind === 'ignored') throw new Error(reading.reason);
  return reading.releases;
}

describe("a pipeline's message", () => {
  it.each<[Vendor, object]>([
    [
      'gitlab',
      {
        timestamp: '2025-08-12T15:26:29.000Z',
        artifact: null,
        pipelineUrl: 'https://gitlab.example.com/platform/wallet/-/pipelines/31',
      },
    ],
    [
      'jenkins',
      {
        timestamp: '2025-08-12T15:26:29.000Z',
        artifact: {
          kind: 'file',
          reference: 'https://jenkins.example.com/job/wallet/18/artifact/wallet-1.4.0.tgz',
          sha256: null,
        },
        pipelineUrl: 'https://jenkins.example.com/job/wallet/18/',
      },
    ],
    [
      'nexus',
      {
        timestamp: '2025-08-12T15:26:29.664Z',
        artifact: { kind: 'image', reference: 'modules/platform/wallet:1.4.0', digest: null },
        pipelineUrl: null,
      },
    ],
    [
      'artifactory',
      {
        timestamp: '2026-01-31T12:00:00.000Z',
        artifact: {
          kind: 'image',
          reference: 'modules/platform/wallet:1.4.0',
          digest: `sha256:${artifactorySample.data.sha256}`,
        },
        pipelineUrl: null,
      },
    ],
    [
      'oci',
      {
        timestamp: '2025-08-12T15:26:29.402Z',
        artifact: {
          kind: 'image',
          reference: 'registry.example.com/platform/wallet:1.4.0',
          digest: 'sha256:fea8895f450959fa676bcc1df0611ea93823a735a01205fd8622846041d0c7cf',
        },
        pipelineUrl: null,
      },
    ],
  ])('of %s in its documented shape is a release', (vendor, expected) => {
    expect(releases(readers[vendor](sample(vendor)))).toEqual([
      { type: 'module.released', module: 'wallet', version: '1.4.0', ...expected },
    ]);
  });

  it.each<[Vendor, string, unknown, string]>([
    ['gitlab', 'object_kind', 'push', 'a push event is no pipeline event'],
    ['gitlab', 'object_attributes.status', 'running', "the pipeline's status is running"],
    ['gitlab', 'object_attributes.tag', false, 'the pipeline ran for the branch v1.4.0; releases are tags'],
    ['gitlab', 'object_attributes.ref', 'nightly', 'nightly is no SemVer version'],
    ['jenkins', 'build.phase', 'COMPLETED', "the build's phase is COMPLETED; FINALIZED is awaited"],
    ['jenkins', 'build.status', 'FAILURE', "the build's status is FAILURE"],
    ['jenkins', 'build.status', undefined, "the build's status is not known"],
    ['jenkins', 'build.parameters', undefined, 'main is no SemVer version'],
    ['nexus', 'action', 'DELETED', 'the component was DELETED; CREATED is awaited'],
    ['nexus', 'component', undefined, 'the message is of no component'],
    ['nexus', 'component.version', null, 'platform/wallet has no version'],
    ['artifactory', 'event_type', 'deleted', 'docker deleted is neither artifact deployed nor docker pushed'],
    ['artifactory', 'data.tag', 'latest', 'latest is no SemVer version'],
    ['oci', 'events.0.action', 'pull', 'the action is pull; push is awaited'],
    ['oci', 'events.0.target.tag', undefined, 'what was pushed to platform/wallet has no tag'],
  ])('of %s with %s = %j is ignored', (vendor, path, value, reason) => {
    expect(readers[vendor](sample(vendor, { [path]: value }))).toEqual({ kind: 'ignored', reason });
  });

  it.each<[Vendor, string, unknown]>([
    ['gitlab', 'object_attributes', undefined],
    ['jenkins', 'build.phase', 7],
    ['nexus', 'component.name', undefined],
    ['artifactory', 'data.image_name', 'a\u0000b'],
    ['oci', 'events', []],
  ])('of %s with %s = %j has not the documented shape', (vendor, path, value) => {
    expect(() => readers[vendor](sample(vendor, { [path]: value }))).toThrow(ZodError);
  });

  it.each(VENDORS)(
    'of %s is a release of the module that the settings name, at the image they name',
    (vendor) => {
      const name = vendor === 'jenkins' ? 'wallet' : 'platform/wallet';
      const names = { modules: { [name]: 'purse' }, image: 'r.example/{module}:{version}' };
      expect(releases(readers[vendor](sample(vendor), names))).toMatchObject([
        { module: 'purse', artifact: { kind: 'image', reference: 'r.example/purse:1.4.0' } },
      ]);
    },
  );

  it.each(VENDORS)('of %s is ignored when the settings name other modules', (vendor) => {
    for (const modules of [{ bonus: 'bonus' }, { ['__proto__']: 'bonus' }])
      expect(readers[vendor](sample(vendor), { modules }).kind).toBe('ignored');
  });

  it.each(VENDORS)(
    'of %s, whatever it is, is a release, ignored, or not in the documented shape',
    (vendor) => {
      const anything = fc.oneof(
        fc.jsonValue(),
        fc
          .tuple(fc.constantFrom(...pathsOf(samples[vendor])), fc.jsonValue())
          .map(([path, value]) => sample(vendor, { [path]: value })),
      );
      fc.assert(
        fc.property(anything, (payload) => {
          try {
            readers[vendor](payload);
          } catch (error) {
            expect(error).toBeInstanceOf(ZodError);
          }
        }),
        { numRuns: 300 },
      );
    },
  );
});

function pathsOf(value: unknown, prefix = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .filter(([key]) => !key.includes('.'))
    .flatMap(([key, part]) => [prefix + key, ...pathsOf(part, `${prefix}${key}.`)]);
}

describe('a file that Artifactory tells of', () => {
  const deployed = (path: string): PipelineReading =>
    readers.artifactory({
      domain: 'artifact',
      event_type: 'deployed',
      data: { repo_key: 'libs', path, name: path.split('/').at(-1), sha256: 'a'.repeat(64), size: 1 },
    });

  it.each([
    ['com/acme/wallet/1.4.0/wallet-1.4.0.jar', 'wallet', '1.4.0'],
    ['wallet/v2.0.0-rc.1/bundle.tgz', 'wallet', '2.0.0-rc.1'],
    ['wallet/-/wallet-1.4.0.tgz', 'wallet', '1.4.0'],
    ['bonus-engine-1.4.0-beta.2.tar.gz', 'bonus-engine', '1.4.0-beta.2'],
  ])('%s is of module %s %s', (path, module, version) => {
    expect(releases(deployed(path))).toMatchObject([
      { module, version, artifact: { kind: 'file', reference: `libs/${path}`, sha256: 'a'.repeat(64) } },
    ]);
  });

  it.each([
    'com/acme/wallet/1.4.0/wallet-1.4.0.pom',
    'com/acme/wallet/1.4.0/wallet-1.4.0.jar.sha1',
    'com/acme/wallet/1.4.0/wallet-1.4.0-sources.jar',
    'platform/wallet/1.4.0/manifest.json',
    'sample_dir/sample.txt',
    '1.4.0/wallet.tgz',
  ])('%s is ignored', (path) => {
    expect(deployed(path).kind).toBe('ignored');
  });
});

describe('an envelope of several registry events', () => {
  it('is a release for each tagged push of a version', () => {
    const [event] = ociRegistrySample.events;
    const tagged = (tag: string): object => ({ ...event, target: { ...event?.target, tag } });
    const reading = readers.oci({ events: [tagged('latest'), tagged('1.4.0'), tagged('v1.5.0')] });
    expect(releases(reading)).toMatchObject([{ version: '1.4.0' }, { version: '1.5.0' }]);
  });
});

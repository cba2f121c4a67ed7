import { SemVer, Sha256, Slug, type ModuleArtifact } from '@croupier/contracts';

/** A module's version that its pipeline or registry says is out. */
export interface ModuleRelease {
  readonly type: 'module.released';
  /** RFC 3339. */
  readonly timestamp: string;
  readonly module: string;
  readonly version: string;
  readonly artifact: ModuleArtifact | null;
  readonly pipelineUrl: string | null;
}

export type PipelineReading =
  | { readonly kind: 'released'; readonly releases: readonly [ModuleRelease, ...ModuleRelease[]] }
  | { readonly kind: 'ignored'; readonly reason: string };

/** From a provider's settings: which of the vendor's names are modules, and where their images are. */
export interface ModuleNames {
  readonly modules?: Readonly<Record<string, string>> | undefined;
  readonly image?: string | undefined;
}

/**
 * @param receivedAt stands in where the message tells no time of its own
 * @throws ZodError when the payload has not the vendor's shape
 */
export type ReadPipeline<Settings extends ModuleNames = ModuleNames> = (
  payload: unknown,
  settings: Settings,
  receivedAt: Date,
) => PipelineReading;

export function ignored(reason: string): PipelineReading {
  return { kind: 'ignored', reason };
}

interface Told {
  /** The vendor's name of the module. */
  readonly name: string;
  /** A tag or version as the vendor writes it. */
  readonly version: string;
  readonly timestamp: string;
  readonly artifact: ModuleArtifact | null;
  readonly pipelineUrl: string | null;
}

/** The rules that hold for all vendors: what is a module, what is a version, and where its image is. */
export function releaseOf(told: Told, names: ModuleNames): PipelineReading {
  const module = moduleOf(told.name, names);
  if (module === undefined) return ignored(`${told.name} is none of the provider's modules`);
  const version = versionOf(told.version);
  if (version === undefined) return ignored(`${told.version} is no SemVer version`);
  const { timestamp, pipelineUrl } = told;
  const artifact = imageOf(names, module, version, told.artifact) ?? told.artifact;
  return {
    kind: 'released',
    releases: [{ type: 'module.released', timestamp, module, version, artifact, pipelineUrl }],
  };
}

function moduleOf(name: string, { modules }: ModuleNames): string | undefined {
  if (modules) return Object.hasOwn(modules, name) ? modules[name] : undefined;
  const slug = (name.split('/').at(-1) ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return Slug.safeParse(slug).data;
}

/** Tags often have a `v` before the version. */
export function versionOf(text: string): string | undefined {
  return SemVer.safeParse(text.replace(/^v(?=\d)/, '')).data;
}

function imageOf(
  { image }: ModuleNames,
  module: string,
  version: string,
  told: ModuleArtifact | null,
): ModuleArtifact | undefined {
  if (image === undefined) return undefined;
  const reference = image.replace('{module}', module).replace('{version}', version);
  return { kind: 'image', reference, digest: told?.kind === 'image' ? told.digest : null };
}

/** OCI's form of a digest, when it is one. */
export function ociDigest(sha256: string | undefined): string | null {
  const hex = Sha256.safeParse((sha256 ?? '').replace(/^sha256:/, ''));
  return hex.success ? `sha256:${hex.data}` : null;
}

/** In RFC 3339; vendors write times in many forms. */
export function timeOf(told: string | number | null | undefined, otherwise: Date): string {
  const time = told === null || told === undefined ? otherwise : new Date(told);
  return (Number.isNaN(time.getTime()) ? otherwise : time).toISOString();
}

/** As it may be stored: the parser takes characters, such as U+0000, that jsonb does not. */
export function urlOf(text: string | undefined): string | null {
  return text !== undefined && URL.canParse(text) && /^https?:/.test(text) ? new URL(text).href : null;
}

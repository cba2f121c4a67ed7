import { z } from 'zod';
import { Refused } from '../../rejections/rejection';
import { sha256Of } from '../../sha256';
import { OCI_DIGEST } from './oci-reference';

/** https://github.com/opencontainers/image-spec/blob/main/media-types.md, and Docker's forms of the same two */
export const INDEX_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
] as const;
export const MANIFEST_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;
export const ACCEPTED_TYPES = [...INDEX_TYPES, ...MANIFEST_TYPES].join(', ');

/** More than any real artifact has, and few enough to look at. */
export const OCI_LIMITS = { layers: 600, platforms: 64, blobBytes: 16 * 1024 ** 3 } as const;

const Annotations = z.record(z.string(), z.string()).optional();

export const Descriptor = z.object({
  mediaType: z.string().max(300),
  digest: z.string().regex(OCI_DIGEST, 'must be sha256: and 64 lower-case hexadecimal digits'),
  size: z.int().min(0).max(OCI_LIMITS.blobBytes),
  annotations: Annotations,
  artifactType: z.string().max(300).optional(),
  /** Layers that are somewhere else, which the specification has withdrawn. */
  urls: z.array(z.string()).max(0, 'must not be there: layers of other servers are not fetched').optional(),
});
export type Descriptor = z.infer<typeof Descriptor>;

export const ImageManifest = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  artifactType: z.string().max(300).optional(),
  config: Descriptor,
  layers: z.array(Descriptor).max(OCI_LIMITS.layers),
  subject: Descriptor.optional(),
  annotations: Annotations,
});
export type ImageManifest = z.infer<typeof ImageManifest>;

export const ImageIndex = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  manifests: z.array(Descriptor).max(OCI_LIMITS.platforms),
});
export type ImageIndex = z.infer<typeof ImageIndex>;

/** A manifest or an index that was fetched and is what its digest says. */
export interface OciDocument {
  readonly digest: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly content:
    | { readonly kind: 'manifest'; readonly manifest: ImageManifest }
    | { readonly kind: 'index'; readonly index: ImageIndex };
}

/**
 * @param contentType - as it was sent
 * @param expected - digest that the bytes have to have, where one is known
 * @throws Refused when it is not what it says it is
 */
export function ociDocument(
  bytes: Buffer,
  contentType: string | undefined,
  expected: string | null,
  what: string,
): OciDocument {
  const digest = `sha256:${sha256Of(bytes)}`;
  const found = { digest, sizeBytes: bytes.length };
  if (expected !== null && digest !== expected)
    throw new Refused('digest-mismatch', `${what} has digest ${digest}, not ${expected}`, found);
  const json = objectOf(bytes, what);
  const sent = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  const named = json['mediaType'];
  const mediaType = typeof named === 'string' ? named : sent;
  if (mediaType !== sent)
    throw new Refused(
      'invalid-manifest',
      `${what} says that it is ${mediaType}, and was sent as ${sent || 'nothing'}`,
      found,
    );
  // A document that is both would be read by one client as this and by the next as that (CVE-2021-41190).
  if ('layers' in json && 'manifests' in json)
    throw new Refused('invalid-manifest', `${what} has layers and manifests`, found);
  const common = { digest, mediaType, sizeBytes: bytes.length };
  if ((INDEX_TYPES as readonly string[]).includes(mediaType))
    return { ...common, content: { kind: 'index', index: parsed(ImageIndex, json, what) } };
  if ((MANIFEST_TYPES as readonly string[]).includes(mediaType))
    return { ...common, content: { kind: 'manifest', manifest: parsed(ImageManifest, json, what) } };
  throw new Refused(
    'invalid-manifest',
    `${what} is ${mediaType || 'of no media type'}, which is no OCI manifest`,
    found,
  );
}

function objectOf(bytes: Buffer, what: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof json === 'object' && json !== null) return json as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw new Refused('invalid-manifest', `${what} is not JSON`);
}

function parsed<Schema extends z.ZodType>(schema: Schema, json: unknown, what: string): z.infer<Schema> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Refused('invalid-manifest', `${what}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
}

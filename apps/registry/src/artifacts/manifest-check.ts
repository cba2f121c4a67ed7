import { GameManifest } from '@croupier/contracts';
import { z } from 'zod';
import { asAnnounced } from '../versioning/as-announced';
import type { LocatedImage } from './repositories/artifact-repository';
import { rejection, type Rejection } from './rejections/rejection';
import { sha256Of } from './sha256';

export interface CheckedManifest {
  readonly kind: 'manifest';
  readonly manifest: GameManifest;
  /** What is kept. As fetched, to the byte; of a module's image as fetched, with the image in it. */
  readonly text: string;
  /** SHA-256 of the text. */
  readonly digest: string;
}

/** What the manifest has to agree with. */
export interface ExpectedManifest {
  readonly provider: string;
  readonly game: string;
  readonly version: string;
  /** As the provider writes it. */
  readonly originalVersion?: string | undefined;
  /** Null where none was announced. */
  readonly manifestSha256: string | null;
  /** The image that the manifest is attached to. */
  readonly image?: LocatedImage | null;
}

/** A mark at the start is a byte of the text like any other: it counts for the digest, and is no JSON. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const IDENTITY = ['provider', 'game', 'version'] as const;

/** Whether the bytes are the manifest that was announced. */
export function checkManifest(bytes: Uint8Array, announced: ExpectedManifest): CheckedManifest | Rejection {
  const sha256 = sha256Of(bytes);
  const refuse = (reason: Rejection['reason'], detail: string): Rejection =>
    rejection(reason, detail, { digest: sha256, sizeBytes: bytes.length, manifest: bytes });
  if (announced.manifestSha256 !== null && sha256 !== announced.manifestSha256)
    return refuse('digest-mismatch', `the manifest has SHA-256 ${sha256}, not ${announced.manifestSha256}`);
  let text: string;
  let json: unknown;
  try {
    text = utf8.decode(bytes);
    json = JSON.parse(text);
  } catch (error) {
    return refuse('invalid-manifest', `is not JSON in UTF-8: ${(error as Error).message}`);
  }
  const image = announced.image ?? null;
  if (image !== null) {
    json = manifestOfImage(json, image);
    if (json === null)
      return refuse('invalid-manifest', 'server: is another than the image that the manifest is attached to');
  }
  const parsed = GameManifest.safeParse(asAnnounced(json, announced));
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.') || '(root)'}: ${message}`,
    );
    return refuse('invalid-manifest', shortened(faults.join('; ')));
  }
  const manifest = parsed.data;
  for (const field of IDENTITY)
    if (manifest[field] !== announced[field])
      return refuse('invalid-manifest', `${field} is ${manifest[field]}, announced was ${announced[field]}`);
  const twice = firstRepeated(manifest.files.map(({ path }) => path));
  if (twice !== undefined) return refuse('invalid-manifest', `files: lists ${twice} twice`);
  if (image !== null) text = JSON.stringify(json);
  return { kind: 'manifest', manifest, text, digest: image === null ? sha256 : sha256Of(Buffer.from(text)) };
}

/**
 * The manifest with the image in it, so that its digest covers both; null when it says that the server is something
 * else. The image may leave out all of `server` but the port.
 */
function manifestOfImage(json: unknown, { repository, digest }: LocatedImage): object | null {
  const manifest = z.looseObject({ server: z.looseObject({}).default({}) }).safeParse(json).data;
  if (!manifest) return null;
  const written = { runtime: 'image', image: repository, digest };
  const agrees = Object.entries(written).every(([name, value]) => (manifest.server[name] ?? value) === value);
  return agrees ? { kind: 'module', ...manifest, server: { ...manifest.server, ...written } } : null;
}

function firstRepeated(texts: readonly string[]): string | undefined {
  return texts.find((text, index) => texts.indexOf(text) !== index);
}

/** A manifest has room for thousands of faults; a reason is read by people. */
function shortened(text: string): string {
  return text.length > 2_000 ? `${text.slice(0, 2_000)}...` : text;
}

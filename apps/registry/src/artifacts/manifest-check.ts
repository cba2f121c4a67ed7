import { GameManifest, type GameVersionAnnounced } from '@croupier/contracts';
import { asAnnounced } from '../versioning/as-announced';
import { rejection, type Rejection } from './rejection';
import { sha256Of } from './sha256';

export interface CheckedManifest {
  readonly kind: 'manifest';
  readonly manifest: GameManifest;
  /** As fetched, to the byte. */
  readonly text: string;
}

/** A mark at the start is a byte of the text like any other: it counts for the digest, and is no JSON. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const IDENTITY = ['provider', 'game', 'version'] as const;

/** Whether the bytes are the manifest that was announced. */
export function checkManifest(
  bytes: Uint8Array,
  announced: GameVersionAnnounced,
): CheckedManifest | Rejection {
  const sha256 = sha256Of(bytes);
  if (sha256 !== announced.manifestSha256)
    return rejection(
      'digest-mismatch',
      `the manifest has SHA-256 ${sha256}, not ${announced.manifestSha256}`,
    );
  let text: string;
  let json: unknown;
  try {
    text = utf8.decode(bytes);
    json = JSON.parse(text);
  } catch (error) {
    return rejection('invalid-manifest', `is not JSON in UTF-8: ${(error as Error).message}`);
  }
  const parsed = GameManifest.safeParse(asAnnounced(json, announced));
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.') || '(root)'}: ${message}`,
    );
    return rejection('invalid-manifest', shortened(faults.join('; ')));
  }
  const manifest = parsed.data;
  for (const field of IDENTITY)
    if (manifest[field] !== announced[field])
      return rejection(
        'invalid-manifest',
        `${field} is ${manifest[field]}, announced was ${announced[field]}`,
      );
  const twice = firstRepeated(manifest.files.map(({ path }) => path));
  if (twice !== undefined) return rejection('invalid-manifest', `files: lists ${twice} twice`);
  return { kind: 'manifest', manifest, text };
}

function firstRepeated(texts: readonly string[]): string | undefined {
  return texts.find((text, index) => texts.indexOf(text) !== index);
}

/** A manifest has room for thousands of faults; a reason is read by people. */
function shortened(text: string): string {
  return text.length > 2_000 ? `${text.slice(0, 2_000)}...` : text;
}

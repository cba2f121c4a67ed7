import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GameManifest } from '@croupier/contracts';

/** Whether a folder has every file of the manifest as it was registered. */
export async function isComplete(folder: string, manifest: GameManifest): Promise<boolean> {
  const checks = manifest.files.map(async (file) => {
    const bytes = await readFile(join(folder, file.path)).catch(() => null);
    return bytes !== null && sha256(bytes) === file.sha256;
  });
  return (await Promise.all(checks)).every(Boolean);
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ExportVerification, type TrustedKeys } from '@croupier/audit-chain';
import type { ChainReport } from '@croupier/contracts';

/** A folder of exports. What is there is never written again. */
export class AuditArchive {
  constructor(private readonly directory: string) {}

  /** Resolves when the file is on the disk under its name, whole; leaves one that is there as it is. */
  async put(file: string, lines: AsyncIterable<string>): Promise<void> {
    const path = join(this.directory, file);
    if (await exists(path)) return;
    await mkdir(dirname(path), { recursive: true });
    const unfinished = `${path}.${randomUUID()}.part`;
    try {
      await pipeline(Readable.from(lines), createWriteStream(unfinished, { flags: 'wx', flush: true }));
      if (await exists(path)) return;
      await rename(unfinished, path);
      await syncDirectory(dirname(path));
    } finally {
      await rm(unfinished, { force: true });
    }
  }

  /** Reads it back from the disk. */
  async verify(file: string, keys: TrustedKeys): Promise<ChainReport> {
    const verification = new ExportVerification(keys);
    const input = createReadStream(join(this.directory, file));
    for await (const line of createInterface({ input, crlfDelay: Infinity })) verification.take(line);
    return verification.report();
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** So that the name outlives a crash of the machine. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

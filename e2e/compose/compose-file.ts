import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

export const ROOT = resolve(__dirname, '..', '..', '..');
export const COMPOSE_FILE = join(ROOT, 'docker-compose.yml');

const Service = z.looseObject({
  image: z.string(),
  build: z.looseObject({ dockerfile: z.string(), target: z.string() }).optional(),
  profiles: z.array(z.string()).optional(),
});
export type Service = z.infer<typeof Service>;
const Document = z.looseObject({ services: z.record(z.string(), Service) });

/** The stack as it is written, with its anchors resolved and its variables not. */
export class ComposeFile {
  private constructor(readonly document: z.infer<typeof Document>) {}

  static async read(): Promise<ComposeFile> {
    // Its anchors are our own, and many.
    const options = { merge: true, maxAliasCount: -1 };
    return new ComposeFile(Document.parse(parse(await readFile(COMPOSE_FILE, 'utf8'), options)));
  }

  /** What has no profile, and what has one of these. */
  servicesOf(profiles: readonly string[]): [name: string, service: Service][] {
    return Object.entries(this.document.services).filter(
      ([, { profiles: own }]) => own === undefined || own.some((profile) => profiles.includes(profile)),
    );
  }
}

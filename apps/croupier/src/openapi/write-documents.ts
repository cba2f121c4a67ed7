import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openApiDocuments } from './openapi-documents';

const FOLDER = join(process.cwd(), 'docs', 'public', 'openapi');

async function writeDocuments(): Promise<void> {
  const documents = await openApiDocuments();
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  for (const [name, document] of documents)
    await writeFile(join(FOLDER, `${name}.json`), JSON.stringify(document));
}

void writeDocuments();

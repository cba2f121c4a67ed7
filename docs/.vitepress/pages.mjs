import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DOCS = fileURLToPath(new URL('..', import.meta.url));

const namesIn = (folder, extension) =>
  readdirSync(`${DOCS}${folder}`)
    .filter((file) => file.endsWith(extension))
    .map((file) => file.slice(0, -extension.length))
    .sort();

/** The services whose OpenAPI documents `npm run docs:api` has written. */
export const SERVICES = servicesWithDocuments();

/** A page for each alert, in the order of the alphabet. */
export const RUNBOOKS = namesIn('runbooks', '.md').map((name) => ({ text: name, link: `/runbooks/${name}` }));

/** Under their numbers and titles. */
export const DECISIONS = namesIn('decisions', '.md')
  .filter((name) => name !== 'README')
  .map((name) => ({ text: titleOf(`decisions/${name}.md`), link: `/decisions/${name}` }));

function titleOf(path) {
  const [title] = readFileSync(`${DOCS}${path}`, 'utf8').split('\n', 1);
  return title.replace(/^# /, '').replaceAll('`', '');
}

function servicesWithDocuments() {
  try {
    return namesIn('public/openapi', '.json');
  } catch {
    throw new Error('docs/public/openapi is missing: run npm run docs:api first');
  }
}

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** The alerts, each with the first paragraph of its page. */
export default {
  watch: '../runbooks/*.md',
  load: (files) =>
    files.map((file) => {
      const [, meaning = ''] = readFileSync(file, 'utf8').split('\n\n', 2);
      return { name: basename(file, '.md'), meaning: meaning.replaceAll('`', '').replaceAll('\n', ' ') };
    }),
};

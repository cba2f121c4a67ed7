import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { croupierProgram } from './croupier-program';
import { REFERENCE_MARK, referenceOf } from './reference';

describe('docs/cli.md', () => {
  it('says what the program does; `npm run docs:cli` writes it anew', () => {
    const page = readFileSync(join(__dirname, '../../../../docs/cli.md'), 'utf8');
    expect(page.slice(page.indexOf(REFERENCE_MARK))).toBe(referenceOf(croupierProgram()));
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { croupierProgram } from './croupier-program';
import { REFERENCE_MARK, referenceOf } from './reference';

const PAGE = join(process.cwd(), 'docs', 'cli.md');

const [prose] = readFileSync(PAGE, 'utf8').split(REFERENCE_MARK);
writeFileSync(PAGE, `${prose ?? ''}${referenceOf(croupierProgram())}`);

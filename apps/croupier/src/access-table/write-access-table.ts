import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessTableOf, TABLE_MARK } from './access-table';
import { routeRules } from './route-rules';

const PAGE = join(process.cwd(), 'docs', 'access.md');

async function writeAccessTable(): Promise<void> {
  const [prose] = readFileSync(PAGE, 'utf8').split(TABLE_MARK);
  writeFileSync(PAGE, `${prose ?? ''}${accessTableOf(await routeRules())}`);
}

void writeAccessTable();

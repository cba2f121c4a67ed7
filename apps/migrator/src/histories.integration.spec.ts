import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { compareCatalogs, readCatalog, type Catalog } from '@croupier/persistence';
import { rolledBack, TestMigrator, type Scripts } from '../test/test-migrator';

const EXAMPLES = resolve(__dirname, '../../../examples/migrations');

describe('a module’s whole history', () => {
  let migrator: TestMigrator;

  beforeAll(async () => {
    migrator = await TestMigrator.start();
  });

  afterAll(() => migrator.stop());

  it.each(['wallet', 'identity', 'loyalty'])(
    'of the %s is proven, applied and undone without a trace',
    async (module) => {
      const all = await scriptsOf(module);
      const half = Object.fromEntries(
        versionsOf(all)
          .slice(0, 11)
          .flatMap((version) => ofVersion(all, version)),
      );

      const first = migrator.staged(module, half, '1.0.0');
      await migrator.bus.publish([first]);
      const [, applied] = await migrator.outcomesOf(first.data.releaseId, 2);
      expect(applied).toMatchObject({ type: 'migration.applied' });
      expect(applied?.data.scripts).toHaveLength(11);
      const before = await catalogOf(module);

      const second = migrator.staged(module, all, '2.0.0');
      await migrator.bus.publish([second]);
      const [planned, more] = await migrator.outcomesOf(second.data.releaseId, 2);
      expect(planned?.data.detail).toContain('undone and applied again with equal catalogs');
      expect(planned?.data.detail).not.toContain('drifted');
      expect(more?.data.scripts).toHaveLength(versionsOf(all).length - 11);
      expect(compareCatalogs(before, await catalogOf(module))).not.toEqual([]);

      await migrator.bus.publish([rolledBack(second.data)]);
      await migrator.outcomesOf(second.data.releaseId, 3);
      expect(compareCatalogs(before, await catalogOf(module))).toEqual([]);
    },
  );

  function catalogOf(module: string): Promise<Catalog> {
    return readCatalog(migrator.sql, `module_acme_${module}`);
  }
});

async function scriptsOf(module: string): Promise<Scripts> {
  const folder = join(EXAMPLES, module);
  const names = (await readdir(folder)).filter((name) => /^[VU]/.test(name));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']));
}

/** In the order in which they are applied. */
function versionsOf(scripts: Scripts): string[] {
  const numeric = new Intl.Collator('en', { numeric: true });
  return Object.keys(scripts)
    .flatMap((name) => (name.startsWith('V') ? [name.slice(1, name.indexOf('__'))] : []))
    .sort((a, b) => numeric.compare(a, b));
}

function ofVersion(scripts: Scripts, version: string): [string, string][] {
  return Object.entries(scripts).filter(([name]) => name.slice(1).startsWith(`${version}__`));
}

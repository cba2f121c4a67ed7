import { SERVICE_NAMES } from '@croupier/contracts';
import { openDataSource } from '@croupier/persistence';
import { BaseConfig, loadConfig } from '@croupier/service-kit';
import { loadService } from '../platform/service-package';

const Needed = BaseConfig.pick({ DATABASE_URL: true });

/** Brings every service's schema up to date, as each service does at its start, and starts none. */
export async function schemasCommand(): Promise<void> {
  const { DATABASE_URL: url } = loadConfig(Needed, process.env);
  for (const name of SERVICE_NAMES) {
    const { migrations } = loadService(name);
    const dataSource = await openDataSource({ url, schema: name, migrations, poolSize: 1 });
    await dataSource.destroy();
    process.stdout.write(`${name}: up to date\n`);
  }
}

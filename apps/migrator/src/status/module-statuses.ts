import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import type { ModuleStatus } from '@croupier/contracts';
import { compareCatalogs, readCatalog, type CatalogDifference } from '@croupier/persistence';
import type { EngineName } from '../engine/engine';
import { standing, type HistoryRow } from '../engine/history';
import { readChangelogHistory } from '../liquibase/liquibase-history';
import { MigratorConfig, type NamedDatabase } from '../migrator-config';
import { readHistory } from '../module-databases/history-table';
import { ModuleDatabases } from '../module-databases/module-databases';
import { ModuleSchemaRepository, type KnownSchema } from '../module-databases/module-schema-repository';
import { KnownScripts } from '../proof/known-scripts';
import { ShadowDatabases } from '../proof/shadow-databases';

interface Found {
  readonly engine: EngineName | null;
  readonly history: readonly HistoryRow[];
}

/** What each module's schema holds, in each of the databases that are named. */
@Injectable()
export class ModuleStatuses {
  constructor(
    private readonly schemas: ModuleSchemaRepository,
    private readonly databases: ModuleDatabases,
    private readonly shadows: ShadowDatabases,
    private readonly known: KnownScripts,
    private readonly config: MigratorConfig,
  ) {}

  async all(subject: string | undefined, wantsDrift: boolean): Promise<ModuleStatus[]> {
    const schemas = (await this.schemas.all()).filter(
      ({ provider, game }) => subject === undefined || subject === `${provider}/${game}`,
    );
    const statuses: ModuleStatus[] = [];
    for (const database of this.config.databases)
      for (const schema of schemas) statuses.push(await this.one(database, schema, wantsDrift));
    return statuses;
  }

  /** A database that gives no answer is told as such, and the others still are. */
  private async one(database: NamedDatabase, known: KnownSchema, wantsDrift: boolean): Promise<ModuleStatus> {
    const { environment, tenant, url } = database;
    const { provider, game, schema } = known;
    const place = { provider, game, environment, tenant, schema };
    const nothing = { engine: null, version: null, applied: 0, failed: [], drift: null };
    try {
      return await this.databases.reading(url, async (client) => {
        const found = await historyIn(client, schema);
        const there = standing(found.history);
        const newest = there.filter(({ version }) => version !== '').at(-1);
        return {
          ...place,
          engine: found.engine,
          version: newest?.version ?? null,
          applied: there.length,
          failed: found.history.filter(({ success }) => !success).map(({ script }) => script),
          ...(wantsDrift ? await this.drift(client, known, found) : { drift: null, detail: null }),
        };
      });
    } catch (error) {
      return { ...place, ...nothing, detail: `cannot be told: ${(error as Error).message}` };
    }
  }

  /** In what the schema differs from one that is made anew from its history. */
  private async drift(
    client: Client,
    { provider, game, schema }: KnownSchema,
    { engine, history }: Found,
  ): Promise<{ drift: CatalogDifference[] | null; detail: string | null }> {
    const past = await this.known.inForce({ provider, game }, history);
    if (engine === null || past.kind === 'unknown')
      return {
        drift: null,
        detail: past.kind === 'unknown' ? `nothing here knows the text of ${past.script}` : null,
      };
    try {
      // Whoever makes a copy holds the lock of the schema.
      const drift = await this.databases.promptly(schema, engine, () =>
        this.shadows.with(schema, async (session) => {
          const place = { client: session, url: this.config.shadowDatabaseUrl, schema };
          const copy = this.databases.on(place, engine);
          await copy.apply(past.migrations, 'croupier:drift');
          return compareCatalogs(await copy.catalog(), await readCatalog(client, schema));
        }),
      );
      return { drift, detail: null };
    } catch (error) {
      return { drift: null, detail: `the drift cannot be told: ${(error as Error).message}` };
    }
  }
}

async function historyIn(client: Client, schema: string): Promise<Found> {
  const flyway = await readHistory(client, schema);
  if (flyway.length > 0) return { engine: 'flyway', history: flyway };
  const liquibase = await readChangelogHistory(client, schema);
  return { engine: liquibase.length > 0 ? 'liquibase' : null, history: liquibase };
}

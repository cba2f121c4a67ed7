import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { distinctSchemaName, plainSchemaName } from './schema-name';

export interface KnownSchema {
  readonly provider: string;
  readonly game: string;
  readonly schema: string;
}

/** Gives each subject a schema of its own and remembers which. */
@Injectable()
export class ModuleSchemaRepository {
  constructor(private readonly dataSource: DataSource) {}

  all(): Promise<KnownSchema[]> {
    return this.dataSource.query<KnownSchema[]>(
      'SELECT provider, game, schema_name AS schema FROM module_schemas ORDER BY provider, game',
    );
  }

  async schemaOf(provider: string, game: string): Promise<string> {
    const plain = plainSchemaName(provider, game);
    const distinct = distinctSchemaName(provider, game);
    return (
      (await this.find(provider, game)) ??
      (plain && (await this.claim(provider, game, plain))) ??
      (await this.claim(provider, game, distinct)) ??
      distinct
    );
  }

  /** The subject's schema afterwards, or undefined when `name` belongs to another subject. */
  private async claim(provider: string, game: string, name: string): Promise<string | undefined> {
    await this.dataSource.query(
      'INSERT INTO module_schemas (provider, game, schema_name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [provider, game, name],
    );
    return this.find(provider, game);
  }

  private async find(provider: string, game: string): Promise<string | undefined> {
    const [row] = await this.dataSource.query<{ schema_name: string }[]>(
      'SELECT schema_name FROM module_schemas WHERE provider = $1 AND game = $2',
      [provider, game],
    );
    return row?.schema_name;
  }
}

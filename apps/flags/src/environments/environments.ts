import { Injectable } from '@nestjs/common';
import type { EnvironmentView } from '@croupier/contracts';
import type { EntityManager } from 'typeorm';
import { FlagsConfig } from '../flags-config';
import { unknownEnvironment } from '../flags/flag-problems';
import { Ledger } from '../ledger/ledger';

/** Environments by the name of each, and who guards them. Those that the configuration names are there without being made. */
@Injectable()
export class Environments {
  private readonly configured: readonly string[];

  constructor(
    private readonly ledger: Ledger,
    config: FlagsConfig,
  ) {
    const names = [config.releaseEnvironment, ...config.tokens.map(({ environment }) => environment)];
    this.configured = [...new Set(names)];
  }

  /** In the order of their names. */
  async all(tx?: EntityManager): Promise<EnvironmentView[]> {
    const made = (await this.ledger.list('environment', tx)).map(
      ({ name, version, document }): EnvironmentView => ({ name, version, ...document }),
    );
    const others = this.configured
      .filter((name) => !made.some((environment) => environment.name === name))
      .map((name): EnvironmentView => ({ name, version: 0, type: 'development', requiredApprovals: 0 }));
    return [...made, ...others].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async one(name: string, tx?: EntityManager): Promise<EnvironmentView> {
    const found = (await this.all(tx)).find((environment) => environment.name === name);
    if (found === undefined) throw unknownEnvironment(name);
    return found;
  }
}

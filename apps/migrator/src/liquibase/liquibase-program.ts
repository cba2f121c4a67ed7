import { Injectable } from '@nestjs/common';
import { execFile } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import type { Script } from '../engine/migration';
import { MigrationFailure } from '../engine/migration-failure';
import { MigratorConfig } from '../migrator-config';
import { ROOT_CHANGELOG, withChangelogFolder } from './changelog-folder';
import { faultOf } from './liquibase-fault';

export interface LiquibaseCall {
  readonly command: 'validate' | 'update' | 'update-sql' | 'rollback-count';
  readonly arguments?: readonly string[];
  readonly url: string;
  readonly schema: string;
  readonly changesets: readonly Script[];
  /** Who runs it: written into the history. */
  readonly label: string;
}

const MOST_OUTPUT_BYTES = 16 * 1024 * 1024;

/**
 * What SQL changesets on PostgreSQL need of what Liquibase brings. Its own launcher opens every library that is there,
 * drivers of ten databases and the commercial parts among them, and takes half as long again.
 */
const LIBRARIES = [
  'liquibase-core',
  'picocli',
  'postgresql',
  'snakeyaml',
  'commons-io',
  'commons-lang3',
  'commons-collections4',
  'commons-text',
  'opencsv',
  'jaxb-api',
  'jaxb-core',
  'jaxb-runtime',
];

/** Whoever finds Liquibase's lock held by this name, and holds the module's lock, may release it. */
export const LOCK_NAME = 'croupier';

/** Liquibase itself, one process a command (https://docs.liquibase.com/commands/command-list.html). */
@Injectable()
export class LiquibaseProgram {
  constructor(private readonly config: MigratorConfig) {}

  /**
   * Answers what it writes to its output.
   * @throws MigrationFailure when the changesets are at fault, or there is no Java; else an Error: what happened is not known
   */
  run(call: LiquibaseCall): Promise<string> {
    return withChangelogFolder(call.changesets, call.label, (folder) => this.execute(call, folder));
  }

  private execute(call: LiquibaseCall, folder: string): Promise<string> {
    const { java, liquibaseTimeoutMs } = this.config;
    return new Promise((resolve, reject) => {
      execFile(
        java,
        this.argumentsOf(call, folder),
        {
          cwd: folder,
          env: { ...environmentOf(process.env), ...this.connectionOf(call) },
          timeout: liquibaseTimeoutMs,
          killSignal: 'SIGKILL',
          maxBuffer: MOST_OUTPUT_BYTES,
        },
        (error, stdout, stderr) => {
          if (!error) return resolve(stdout);
          if (error.code === 'ENOENT')
            return reject(
              new MigrationFailure(`${java} is not there: install Java 17 or name one in MIGRATION_JAVA`),
            );
          if (error.killed)
            return reject(new Error(`Liquibase took longer than ${liquibaseTimeoutMs} ms, and was ended`));
          reject(faultOf(stderr));
        },
      );
    });
  }

  private argumentsOf(call: LiquibaseCall, folder: string): string[] {
    const home = liquibaseHome();
    return [
      // A command lives for a second: what a long run would gain by the second compiler is lost at its start.
      '-XX:TieredStopAtLevel=1',
      '-XX:+UseSerialGC',
      `-Dliquibase.home=${home}`,
      `-Dliquibase.hostDescription=${LOCK_NAME}`,
      '-cp',
      LIBRARIES.map((name) => join(home, 'internal', 'lib', `${name}.jar`)).join(delimiter),
      'liquibase.integration.commandline.LiquibaseCommandLine',
      `--search-path=${folder}`,
      '--show-banner=false',
      '--log-level=off',
      '--headless=true',
      '--changelog-lock-wait-time-in-minutes=1',
      `--liquibase-schema-name=${call.schema}`,
      call.command,
      `--changelog-file=${ROOT_CHANGELOG}`,
      `--default-schema-name=${call.schema}`,
      ...(call.arguments ?? []),
      ...Object.entries(this.config.placeholders).map(([name, value]) => `-D${name}=${value}`),
    ];
  }

  /** In the environment, where other users of the machine do not see the password. */
  private connectionOf({ url, schema }: LiquibaseCall): Record<string, string> {
    const { lockTimeoutMs, statementTimeoutMs } = this.config;
    const { username, password, host, pathname, searchParams } = new URL(url);
    const settings = new URLSearchParams({
      currentSchema: schema,
      ApplicationName: sessionNameOf(schema),
      options: `-c lock_timeout=${lockTimeoutMs} -c statement_timeout=${statementTimeoutMs}`,
    });
    const sslMode = searchParams.get('sslmode');
    if (sslMode !== null) settings.set('sslmode', sslMode);
    const query = settings.toString().replaceAll('+', '%20');
    return {
      LIQUIBASE_COMMAND_URL: `jdbc:postgresql://${host}${pathname}?${query}`,
      LIQUIBASE_COMMAND_USERNAME: decodeURIComponent(username),
      LIQUIBASE_COMMAND_PASSWORD: decodeURIComponent(password),
    };
  }
}

/** As `application_name` shows it in `pg_stat_activity`. */
export function sessionNameOf(schema: string): string {
  return `liquibase-${schema}`.slice(0, 63);
}

/** Only what Java needs: its own variables would change what Liquibase does. */
function environmentOf({ PATH, HOME, LANG, JAVA_HOME }: NodeJS.ProcessEnv): Record<string, string> {
  const known = { PATH, HOME, LANG, JAVA_HOME };
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** @throws MigrationFailure */
function liquibaseHome(): string {
  try {
    return join(dirname(require.resolve('liquibase/package.json')), 'dist', 'liquibase');
  } catch (error) {
    throw new MigrationFailure(
      'Liquibase is not installed: it is an optional dependency of the migrator (npm install liquibase)',
      { cause: error },
    );
  }
}

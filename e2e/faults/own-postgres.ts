import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgres } from '@croupier/persistence';

/** A PostgreSQL of the suite's own, which may be killed. */
export class OwnPostgres {
  private constructor(
    private readonly directory: string,
    readonly port: number,
    private running: EmbeddedPostgres,
  ) {}

  static async start(directory: string, port: number): Promise<OwnPostgres> {
    return new OwnPostgres(directory, port, await EmbeddedPostgres.start({ directory, port }));
  }

  get url(): string {
    return this.running.url;
  }

  /** Clients are told, committed transactions are kept, and the next start has nothing to repair. */
  async restart(): Promise<void> {
    await this.running.stop();
    await this.startAgain();
  }

  /** Without a checkpoint: the next start recovers from the write-ahead log. */
  async crash(): Promise<void> {
    const pidFile = await readFile(join(this.running.home, 'data', 'postmaster.pid'), 'utf8');
    process.kill(Number(pidFile.split('\n')[0]), 'SIGQUIT');
    await this.running.stop();
    await this.startAgain();
  }

  async stop(): Promise<void> {
    await this.running.stop();
  }

  private async startAgain(): Promise<void> {
    const { directory, port } = this;
    this.running = await EmbeddedPostgres.start({ directory, port });
  }
}

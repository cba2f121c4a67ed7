import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { connect } from 'amqplib';

const START_DEADLINE_MS = 90_000;
const COMMAND_TIMEOUT_MS = 30_000;
/** Debian's folder. The scripts elsewhere on its PATH run as another user, on the standard node's files. */
const BIN = process.env['RABBITMQ_BIN'] ?? '/usr/lib/rabbitmq/bin';

/** A RabbitMQ node of the suite's own, which may be killed. */
export class OwnRabbit {
  private readonly node: string;
  private server: ChildProcess | undefined;

  private constructor(
    private readonly directory: string,
    readonly port: number,
    private readonly distributionPort: number,
  ) {
    this.node = `croupier-faults-${process.pid}@localhost`;
  }

  static async start(directory: string, port: number, distributionPort: number): Promise<OwnRabbit> {
    await access(join(BIN, 'rabbitmq-server')).catch(() => {
      throw new Error(
        `There is no ${BIN}/rabbitmq-server. Install RabbitMQ (apt-get install rabbitmq-server), or set RABBITMQ_BIN to the folder of its scripts.`,
      );
    });
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'plugins'), '[].');
    const rabbit = new OwnRabbit(directory, port, distributionPort);
    try {
      await rabbit.boot();
      return rabbit;
    } catch (error) {
      await rabbit.stop().catch(() => undefined);
      throw error;
    }
  }

  get url(): string {
    return `amqp://guest:guest@127.0.0.1:${this.port}`;
  }

  /** SIGKILL: what it did not write to the disk is gone. */
  async crash(): Promise<void> {
    const exited = this.exited();
    process.kill(await this.pid(), 'SIGKILL');
    await exited;
    await this.boot();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.boot();
  }

  async stop(): Promise<void> {
    const exited = this.exited();
    await this.control('stop').catch(async () => process.kill(await this.pid(), 'SIGKILL'));
    await exited;
  }

  /** At its memory limit, RabbitMQ reads nothing more from those who publish. */
  async alarm(on: boolean): Promise<void> {
    await this.control('set_vm_memory_high_watermark', on ? '0' : '0.4');
  }

  /** Refuses more than this many messages in the queue; for none, as many as come. */
  async limitQueue(queue: string, length: number | null): Promise<void> {
    const name = `limit-${queue}`;
    if (length === null) await this.control('clear_policy', name);
    else
      await this.control(
        'set_policy',
        name,
        `^${queue.replaceAll('.', '\\.')}$`,
        JSON.stringify({ 'max-length': length }),
        '--apply-to',
        'queues',
      );
  }

  /** Messages in each queue, those in hand included; null while the node does not tell. */
  async depths(): Promise<Map<string, number> | null> {
    const columns = ['name', 'messages', '--quiet', '--formatter', 'json'];
    try {
      const { stdout } = await this.control('list_queues', ...columns);
      const queues = JSON.parse(stdout) as { name: string; messages: number }[];
      return new Map(queues.map(({ name, messages }) => [name, messages]));
    } catch {
      return null;
    }
  }

  private control(...args: string[]): Promise<{ stdout: string }> {
    return promisify(execFile)(join(BIN, 'rabbitmqctl'), ['-n', this.node, ...args], {
      env: this.environment(),
      timeout: COMMAND_TIMEOUT_MS,
    });
  }

  private async boot(): Promise<void> {
    await rm(join(this.directory, 'pid'), { force: true });
    const log = openSync(join(this.directory, 'console.log'), 'a');
    this.server = spawn(join(BIN, 'rabbitmq-server'), [], {
      // Where Mnesia writes its core dump when it is killed.
      cwd: this.directory,
      env: this.environment(),
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const deadline = performance.now() + START_DEADLINE_MS;
    for (;;) {
      if (await this.answers()) return;
      if (performance.now() > deadline)
        throw new Error(`RabbitMQ does not answer; see ${this.directory}/console.log`);
      await sleep(100);
    }
  }

  private async answers(): Promise<boolean> {
    return connect(this.url, { timeout: 2_000 }).then(
      (connection) => connection.close().then(() => true),
      () => false,
    );
  }

  private async exited(): Promise<void> {
    const { server } = this;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    await new Promise((resolve) => server.once('exit', resolve));
  }

  private async pid(): Promise<number> {
    return Number(await readFile(join(this.directory, 'pid'), 'utf8'));
  }

  private environment(): NodeJS.ProcessEnv {
    const { directory } = this;
    return {
      PATH: process.env['PATH'],
      LANG: 'C.UTF-8',
      HOME: directory,
      RABBITMQ_NODENAME: this.node,
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: String(this.port),
      RABBITMQ_DIST_PORT: String(this.distributionPort),
      RABBITMQ_MNESIA_BASE: join(directory, 'mnesia'),
      RABBITMQ_LOG_BASE: join(directory, 'log'),
      RABBITMQ_PID_FILE: join(directory, 'pid'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'plugins'),
      RABBITMQ_CONFIG_FILE: join(directory, 'none'),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    };
  }
}

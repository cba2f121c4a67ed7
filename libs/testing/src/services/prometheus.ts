import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eventually } from '../eventually';
import { haveProgram } from './have-program';

export interface RunningPrometheus {
  readonly url: string;
  /** Ends it as SIGKILL does. It can be started again, with what it has on disk. */
  crash(): Promise<void>;
  /** Where it was, after a crash. */
  restart(): Promise<void>;
  /** Ends it and removes what it has stored. */
  stop(): Promise<void>;
}

const PROGRAM = 'prometheus';
/** Often enough for a test to see what has changed, and rarely enough for a machine with two cores. */
const SCRAPE_INTERVAL = '250ms';

/**
 * A real Prometheus of a test's own, which scrapes `/metrics` of the targets (`host:port`). Unlike the other servers
 * it is not shared: what it scrapes is its configuration.
 */
export async function startPrometheus(targets: readonly string[]): Promise<RunningPrometheus> {
  await haveProgram(PROGRAM, PROGRAM);
  const directory = await mkdtemp(join(tmpdir(), 'croupier-prometheus-'));
  const configFile = join(directory, 'prometheus.yml');
  await writeFile(configFile, JSON.stringify(configuration(targets)));
  const start = (address: string): Promise<Started> => launch(configFile, join(directory, 'data'), address);
  let running = await start('127.0.0.1:0');
  const { address } = running;
  return {
    url: `http://${address}`,
    crash: () => end(running.process, 'SIGKILL'),
    restart: async () => {
      running = await start(address);
    },
    stop: async () => {
      await end(running.process, 'SIGTERM');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

interface Started {
  readonly process: ChildProcess;
  readonly address: string;
}

async function launch(configFile: string, dataDirectory: string, address: string): Promise<Started> {
  const parameters = [
    `--config.file=${configFile}`,
    `--storage.tsdb.path=${dataDirectory}`,
    `--web.listen-address=${address}`,
  ];
  const process = spawn(PROGRAM, parameters, { stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    const listening = await listeningAddress(process);
    await eventually(async () => (await fetch(`http://${listening}/-/ready`)).ok, { timeoutMs: 30_000 });
    return { process, address: listening };
  } catch (error) {
    await end(process, 'SIGKILL');
    throw error;
  }
}

/** Told in its log: a port that it has chosen itself is nobody else's. */
async function listeningAddress(process: ChildProcess): Promise<string> {
  let last = 'nothing';
  for await (const line of createInterface({ input: process.stderr! })) {
    last = line;
    const address = /msg="Listening on" .*address=(\S+)/.exec(line)?.[1];
    if (address === undefined) continue;
    process.stderr!.resume();
    return address;
  }
  throw new Error(`${PROGRAM} has ended, and said last: ${last}`);
}

async function end(process: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  process.kill(signal);
  await once(process, 'exit');
}

function configuration(targets: readonly string[]): object {
  return {
    global: { scrape_interval: SCRAPE_INTERVAL, scrape_timeout: SCRAPE_INTERVAL },
    scrape_configs: [{ job_name: 'test', static_configs: [{ targets }] }],
  };
}

import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { eventually } from '../eventually';
import { probePostgres } from './probes';
import { runProgram } from './run-program';

const INSTALL_TIMEOUT_MS = 600_000;
const START_TIMEOUT_MS = 60_000;
const TEST_ROLE = 'croupier_testing';

/** Whether a program is in the PATH, or a file is where its absolute path says. */
export async function isPresent(program: string): Promise<boolean> {
  const look = program.startsWith('/') ? 'ls' : 'which';
  return (await runProgram(look, [program], { timeoutMs: 5_000 }).catch(() => '')) !== '';
}

/** Installs a Debian package unless its program, or a file of it, is there. */
export async function installed(program: string, packageName: string): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('only root may install and start Debian packages');
  if (await isPresent(program)) return;
  const o = { timeoutMs: INSTALL_TIMEOUT_MS, env: { DEBIAN_FRONTEND: 'noninteractive' } };
  await runProgram('apt-get', ['update'], o);
  await runProgram('apt-get', ['install', '--yes', '--no-install-recommends', packageName], o);
}

/**
 * Starts the newest cluster. Debian asks for a password on loopback and sets none, so unless the default URL is let
 * in as it stands the answer is the URL of a superuser made for tests, with a random password.
 */
export async function startDebianPostgres(defaultUrl: string): Promise<string> {
  const cluster = newestCluster(await runProgram('pg_lsclusters', ['--no-header'], { timeoutMs: 10_000 }));
  if (!cluster.online) {
    const start = ['--skip-systemctl-redirect', cluster.version, cluster.name, 'start'];
    await runProgram('pg_ctlcluster', start, { timeoutMs: START_TIMEOUT_MS });
  }
  const trusted = new URL(defaultUrl);
  trusted.port = cluster.port;
  const refusal = await probePostgres(trusted.href).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!refusal) return trusted.href;

  const password = randomBytes(24).toString('hex');
  const sql = `DROP ROLE IF EXISTS ${TEST_ROLE}; CREATE ROLE ${TEST_ROLE} SUPERUSER LOGIN PASSWORD '${password}'`;
  await eventually(
    () =>
      runProgram('runuser', ['-u', 'postgres', '--', 'psql', '-p', cluster.port, '-c', sql], {
        timeoutMs: 10_000,
      }),
    { timeoutMs: START_TIMEOUT_MS, intervalMs: 500 },
  );
  return `postgres://${TEST_ROLE}:${password}@127.0.0.1:${cluster.port}/postgres`;
}

/** One line of pg_lsclusters(1): version, name, port, status, owner, ... */
export function newestCluster(listing: string): {
  version: string;
  name: string;
  port: string;
  online: boolean;
} {
  const clusters = listing
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/))
    .sort((a, b) => Number(b[0]) - Number(a[0]));
  const [version, name, port, status] = clusters[0] ?? [];
  if (!version || !name || !port)
    throw new Error('pg_lsclusters lists no cluster: pg_createcluster makes one');
  return { version, name, port, online: status?.startsWith('online') ?? false };
}

export async function startDebianRabbit(): Promise<void> {
  await runProgram('rabbitmq-server', ['-detached'], { timeoutMs: START_TIMEOUT_MS });
}

export async function startDebianRedis(): Promise<void> {
  const nothingOnDisk = ['--save', '', '--dir', tmpdir()];
  await runProgram('redis-server', ['--daemonize', 'yes', '--bind', '127.0.0.1', ...nothingOnDisk], {
    timeoutMs: START_TIMEOUT_MS,
  });
}

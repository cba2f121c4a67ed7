import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { freshDatabase } from '../fresh-database';

export interface RunningUnleash {
  readonly url: string;
  /** For the admin API, and for the client API of each environment that Unleash begins with. */
  readonly adminToken: string;
  readonly clientToken: (environment: 'development' | 'production') => string;
  readonly frontendToken: (environment: 'development' | 'production') => string;
  /** A `Cookie` header of its administrator: some of the admin API is for people alone. */
  signIn(): Promise<string>;
  /** Ends it as SIGKILL does. */
  crash(): Promise<void>;
  /** Where it was, on its database, after a crash. */
  restart(): Promise<void>;
  /** Ends it and drops its database. */
  stop(): Promise<void>;
}

const SECRET = 'secret-of-the-tests-and-of-nobody-else';
const ADMIN_TOKEN = `*:*.${SECRET}`;

/**
 * A server in a process of its own says where it listens. Everything is as Unleash has it.
 */
const PROGRAM = `
  const { start } = require(process.argv[1]);
  start({ server: { port: Number(process.argv[2]), host: '127.0.0.1' } }).then(
    ({ server }) => console.log(JSON.stringify({ listening: server.address().port })),
    (error) => { console.error(error); process.exit(1); },
  );
`;

/** A real Unleash server of a test's own, from npm, on a database of its own. It takes some seconds to migrate that. */
export async function startUnleash(): Promise<RunningUnleash> {
  const database = await freshDatabase();
  const start = (port: number): Promise<Started> => launch(database.url, port);
  let running = await start(0).catch(async (error: Error) => {
    await database.drop();
    throw error;
  });
  const { port } = running;
  const token = (kind: string) => (environment: string) => `*:${environment}.${kind}-${SECRET}`;
  return {
    url: `http://127.0.0.1:${port}`,
    adminToken: ADMIN_TOKEN,
    clientToken: token('client'),
    frontendToken: token('frontend'),
    signIn: () => signIn(port),
    crash: () => end(running.process),
    restart: async () => {
      running = await start(port);
    },
    stop: async () => {
      await end(running.process);
      await database.drop();
    },
  };
}

/** Unleash's first user, as it is made unless the environment says otherwise. */
const ADMINISTRATOR = { username: 'admin', password: 'unleash4all' };

async function signIn(port: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/auth/simple/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ADMINISTRATOR),
  });
  if (!answer.ok) throw new Error(`Unleash does not let ${ADMINISTRATOR.username} in: ${answer.status}`);
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');
}

interface Started {
  readonly process: ChildProcess;
  readonly port: number;
}

async function launch(databaseUrl: string, port: number): Promise<Started> {
  const unleash = createRequire(__filename).resolve('unleash-server');
  const tokens = (kind: string): string =>
    ['development', 'production'].map((environment) => `*:${environment}.${kind}-${SECRET}`).join(',');
  const child = spawn(process.execPath, ['-e', PROGRAM, unleash, String(port)], {
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      DATABASE_URL: databaseUrl,
      DATABASE_SSL: 'false',
      INIT_ADMIN_API_TOKENS: ADMIN_TOKEN,
      INIT_CLIENT_API_TOKENS: tokens('client'),
      INIT_FRONTEND_API_TOKENS: tokens('frontend'),
      CHECK_VERSION: 'false',
      SEND_TELEMETRY: 'false',
      LOG_LEVEL: 'fatal',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const errors: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{"listening"')) continue;
    child.stdout.resume();
    return { process: child, port: (JSON.parse(line) as { listening: number }).listening };
  }
  throw new Error(`Unleash has ended before it listened: ${errors.join('').slice(-2_000)}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

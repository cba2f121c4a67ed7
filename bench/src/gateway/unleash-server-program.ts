import { start } from 'unleash-server';

/** Unleash as its image runs it, but for the calls that it makes to its makers. */
async function main(): Promise<void> {
  const { DATABASE_URL, PORT, ADMIN_TOKEN, FRONTEND_TOKEN } = process.env;
  if (DATABASE_URL === undefined) throw new Error('DATABASE_URL is needed');
  await start({
    databaseUrl: DATABASE_URL,
    db: { ssl: false },
    server: { port: Number(PORT), host: '127.0.0.1' },
    logLevel: 'error' as never,
    versionCheck: { enable: false },
    telemetry: false as never,
    authentication: {
      initApiTokens: [
        { environment: '*', projects: ['*'], secret: ADMIN_TOKEN, type: 'admin', tokenName: 'bench-admin' },
        {
          environment: 'development',
          projects: ['*'],
          secret: FRONTEND_TOKEN,
          type: 'frontend',
          tokenName: 'bench-frontend',
        },
      ] as never,
    },
  });
}

void main();

import { Controller, Module } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { randomUUID } from 'node:crypto';
import { EmbeddedBus, newEvent } from '@croupier/messaging';
import { cacheMigrations } from '@croupier/migrations';
import { InProcessCache, startService, type RunningService } from '@croupier/service-kit';
import { eventually, freshDatabase, type FreshDatabase } from '@croupier/testing';
import { listDeadLetters, resolveDeadLetters, showDeadLetter } from './dead-letters-command';

const OPERATOR_TOKEN = 'operator-token-of-the-test';
const state = '/nowhere';

let healthy = true;
const handled: string[] = [];

@Controller()
class PurgeHandlers {
  @EventPattern('rollout.promoted')
  async onPromoted({ id }: { id: string }): Promise<void> {
    if (!healthy) throw new Error('Redis is away');
    handled.push(id);
  }

  @EventPattern(['release.staged', 'rollout.rolled_back', 'clearance.changed'])
  async onOthers(): Promise<void> {}
}

@Module({ controllers: [PurgeHandlers] })
class PurgeModule {}

describe('croupier dead-letters', () => {
  let database: FreshDatabase;
  let bus: EmbeddedBus;
  let running: RunningService;
  let printed: string[];

  beforeAll(async () => {
    database = await freshDatabase();
    bus = new EmbeddedBus({ attempts: 2, backoff: { initialMs: 1, factor: 1, maxMs: 1 } });
    running = await startService(
      { name: 'cache', description: 'Fails on demand.', module: PurgeModule, migrations: cacheMigrations },
      {
        bus,
        cache: new InProcessCache(),
        environment: {
          DATABASE_URL: database.url,
          PORT: '0',
          LOG_LEVEL: 'silent',
          OPERATOR_TOKEN,
          SERVICE_TOKEN: 'service-token-of-the-test',
        },
      },
    );
    process.env['CACHE_URL'] = running.url;
    process.env['OPERATOR_TOKEN'] = OPERATOR_TOKEN;
    for (const name of ['REGISTRY', 'DEPLOYER', 'FLAGS', 'MIGRATOR'])
      process.env[`${name}_URL`] = 'http://127.0.0.1:1';
  });

  afterAll(async () => {
    await running.stop();
    await bus.close();
    await database.drop();
    process.exitCode = 0;
  });

  beforeEach(() => {
    printed = [];
    process.exitCode = 0;
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed.push(String(text).trimEnd());
      return true;
    });
  });
  afterEach(() => jest.restoreAllMocks());

  async function deadLetter(): Promise<{ name: string; eventId: string }> {
    const event = newEvent(
      'rollout.promoted',
      {
        releaseId: randomUUID() as never,
        provider: 'acme',
        game: 'slots',
        version: '1.0.0',
        previousVersion: null,
        flags: [],
      },
      { source: 'croupier/deployer' },
    );
    healthy = false;
    await bus.publish([event]);
    healthy = true;
    await listDeadLetters({ state, service: 'cache', json: true });
    const { deadLetters } = JSON.parse(printed.pop() ?? '{}') as {
      deadLetters: { id: string; messageId: string }[];
    };
    const { id } = deadLetters.find(({ messageId }) => messageId === event.id)!;
    return { name: `cache/${id}`, eventId: event.id };
  }

  it('lists those of the services that answer, and says which do not', async () => {
    const { name } = await deadLetter();

    await listDeadLetters({ state });

    expect(printed.find((line) => line.startsWith(name))).toMatch(
      /rollout\.promoted {2}2 x {2}Redis is away$/,
    );
    expect(printed).toContainEqual(
      expect.stringMatching(/^registry cannot be asked: .*(bad port|ECONNREFUSED)/),
    );
    expect(process.exitCode).toBe(1);
  });

  it('shows the event, the error and its stack', async () => {
    const { name, eventId } = await deadLetter();

    await showDeadLetter(name, { state });

    const text = printed.join('\n');
    expect(text).toContain('Redis is away');
    expect(text).toContain('dead-letters-command.integration.spec');
    expect(text).toContain(`"id": "${eventId}"`);
  });

  it('replays one by its name', async () => {
    const { name, eventId } = await deadLetter();

    await resolveDeadLetters('replay', [name], { state, reason: 'Redis is back' });

    expect(printed).toEqual([`${name}  replayed`, '1 of 1 done.']);
    expect(process.exitCode).toBe(0);
    await eventually(() => handled.includes(eventId));
  });

  it('discards all of a service, and none of them twice', async () => {
    const { name } = await deadLetter();
    await deadLetter();

    await resolveDeadLetters('discard', [], { state, reason: 'was a test', all: true, service: 'cache' });
    expect(process.exitCode).toBe(0);
    printed = [];
    await listDeadLetters({ state, service: 'cache' });
    expect(printed).toEqual(['No dead letters.']);

    await resolveDeadLetters('replay', [name], { state, reason: 'changed my mind' });
    expect(printed.at(-2)).toContain('not open any more');
    expect(process.exitCode).toBe(1);
  });

  it.each([
    ['neither names nor --all', [], {}],
    ['both', ['cache/1'], { all: true }],
  ])('refuses %s', async (_, names, options) => {
    await expect(
      resolveDeadLetters('replay', names, { state, reason: 'why not', ...options }),
    ).rejects.toThrow('--all');
  });

  it('says which services have dead letters', async () => {
    await expect(listDeadLetters({ state, service: 'gateway' })).rejects.toThrow('registry, deployer');
    await expect(showDeadLetter('12', { state })).rejects.toThrow('registry/12');
  });
});

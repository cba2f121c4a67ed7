import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { CONSUMERS } from '@croupier/contracts';
import { cacheMigrations } from '@croupier/migrations';
import { EmbeddedBus, newEvent, RabbitBus, type Bus } from '@croupier/messaging';
import { eventually, freshDatabase, freshNamespace, rabbit, type FreshDatabase } from '@croupier/testing';
import { randomUUID } from 'node:crypto';
import request from 'supertest';
import { startService } from '../bootstrap/start-service';
import type { RunningService, ServiceDefinition } from '../bootstrap/service-definition';
import { InProcessCache } from '../cache/in-process-cache';

const OPERATOR = 'Bearer operator-token-of-the-test';
const backoff = { initialMs: 1, factor: 1, maxMs: 1 };
const consumers = { cache: CONSUMERS.cache };

let healthy = true;
let handled: string[] = [];

@Controller()
class PurgeHandlers {
  @EventPattern('rollout.promoted')
  async onPromoted({ id }: { id: string }): Promise<void> {
    if (!healthy) throw new Error('Redis is away');
    handled.push(id);
  }

  @EventPattern('rollout.rolled_back')
  async onRolledBack(): Promise<void> {}

  @EventPattern('release.staged')
  async onStaged(): Promise<void> {}

  @EventPattern('clearance.changed')
  async onClearanceChanged(): Promise<void> {}
}

@Module({ controllers: [PurgeHandlers] })
class PurgeModule {}

const service: ServiceDefinition = {
  name: 'cache',
  description: 'Fails on demand.',
  module: PurgeModule,
  migrations: cacheMigrations,
};

interface Transport {
  readonly bus: Bus;
  close(): Promise<void>;
}

async function embedded(): Promise<Transport> {
  const bus = new EmbeddedBus({ attempts: 2, backoff });
  return { bus, close: () => bus.close() };
}

async function onRabbit(): Promise<Transport> {
  const { url } = await rabbit();
  const namespace = freshNamespace();
  const bus = new RabbitBus({ url, namespace, consumers, deliveryLimit: 1, backoff });
  return {
    bus,
    close: async () => {
      await bus.close();
      await RabbitBus.deleteNamespace(url, namespace, ['cache']);
    },
  };
}

describe.each([
  ['the embedded bus', embedded],
  ['RabbitMQ', onRabbit],
])('dead letters on %s', (_, open) => {
  let database: FreshDatabase;
  let transport: Transport;
  let running: RunningService;

  beforeAll(async () => {
    database = await freshDatabase();
    transport = await open();
    running = await startService(service, {
      bus: transport.bus,
      cache: new InProcessCache(),
      environment: {
        DATABASE_URL: database.url,
        PORT: '0',
        LOG_LEVEL: 'silent',
        OPERATOR_TOKEN: OPERATOR.slice('Bearer '.length),
        SERVICE_TOKEN: 'service-token-of-the-test',
      },
    });
    await eventually(() => transport.bus.connected);
  });

  afterAll(async () => {
    await running.stop();
    await transport.close();
    await database.drop();
  });

  beforeEach(() => {
    handled = [];
    healthy = true;
  });

  function get(path: string): request.Test {
    return request(running.url).get(`/v1/dead-letters${path}`).set('authorization', OPERATOR);
  }

  function tell(id: string, command: string, reason = 'Redis is back'): request.Test {
    return request(running.url)
      .post(`/v1/dead-letters/${id}/${command}`)
      .set('authorization', OPERATOR)
      .send({ reason });
  }

  async function openLetters(): Promise<Record<string, string>[]> {
    return (await get('')).body.deadLetters as Record<string, string>[];
  }

  /** The id of the dead letter that an event becomes. */
  async function deadLetter(): Promise<{ id: string; eventId: string }> {
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
    await transport.bus.publish([event]);
    return eventually(async () => {
      const letter = (await openLetters()).find(({ messageId }) => messageId === event.id);
      return letter && { id: String(letter['id']), eventId: event.id };
    });
  }

  it('are listed, and inspected with the event, the error and its stack', async () => {
    const { id, eventId } = await deadLetter();

    expect(await openLetters()).toContainEqual({
      id,
      service: 'cache',
      messageId: eventId,
      type: 'rollout.promoted',
      error: 'Redis is away',
      attempts: 2,
      deadAt: expect.any(String),
      state: 'open',
      resolvedAt: null,
      resolution: null,
    });
    expect((await get(`/${id}`)).body).toMatchObject({
      event: { id: eventId, data: { game: 'slots' } },
      contentBase64: null,
      stack: expect.stringContaining('dead-letters.integration.spec'),
    });
    const { text } = await request(running.url).get('/metrics');
    expect(text).toMatch(/^dead_letters_open\{service="cache"\} [1-9]/m);
  });

  it('are handled once more when they are replayed', async () => {
    const { id, eventId } = await deadLetter();
    healthy = true;

    const answer = await tell(id, 'replay');

    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ id, state: 'replayed', resolution: 'Redis is back' });
    await eventually(() => handled.includes(eventId));
    expect((await openLetters()).map((letter) => letter['id'])).not.toContain(id);
  });

  it('are not handled again when they are discarded, and then not replayed either', async () => {
    const { id, eventId } = await deadLetter();
    healthy = true;

    expect((await tell(id, 'discard', 'was a test')).body).toMatchObject({ state: 'discarded' });
    const refusal = await tell(id, 'replay');

    expect(refusal.status).toBe(409);
    expect(refusal.body.type).toBe('https://croupier.dev/problems/dead-letter-resolved');
    expect((await get('?state=discarded')).body.deadLetters).toMatchObject([{ id }]);
    expect(handled).not.toContain(eventId);
  });

  it.each([
    ['of another number', '/999999', 404],
    ['whose id is no number', '/latest', 422],
    ['in a state that does not exist', '?state=lost', 422],
    ['after an id that is no number', '?before=x', 422],
  ])('%s are refused', async (_what, path, status) => {
    expect((await get(path)).status).toBe(status);
  });

  it('need a reason to be resolved, and a token to be seen', async () => {
    const { id } = await deadLetter();
    expect((await tell(id, 'discard', '')).status).toBe(422);
    expect((await tell(id, 'forget')).status).toBe(422);
    expect((await request(running.url).get('/v1/dead-letters')).status).toBe(401);
  });

  it('come in pages', async () => {
    const { id: first } = await deadLetter();
    const { id: second } = await deadLetter();

    const page = (await get('?limit=1')).body;
    const next = (await get(`?limit=1&before=${String(page.next)}`)).body;

    expect([page, next].map(({ deadLetters }) => deadLetters[0].id)).toEqual([second, first]);
  });
});

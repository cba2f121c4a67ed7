import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectSocket, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { connect, type ChannelModel, type GetMessage } from 'amqplib';
import type { CloudEvent } from '@croupier/contracts';
import { createOutboxAndInbox, queueOutboxAndKeepDeadLetters } from '@croupier/migrations';
import { openDataSource } from '@croupier/persistence';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { BusUnavailable, PartlyPublished, PoisonMessage, type Bus, type DeadLetter } from './bus';
import { DeadLetters } from './dead-letters/dead-letters';
import { Inbox } from './inbox/inbox';
import { newEvent } from './new-event';
import { Outbox } from './outbox/outbox';
import { OutboxRelay, type OutboxRelayOptions } from './outbox/outbox-relay';
import { RabbitBus, type RabbitBusOptions } from './rabbit/rabbit-bus';
import { eventOf, type Publishable } from './written-event';

const DATABASE_URL = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const AMQP_URL = process.env['AMQP_URL'] ?? 'amqp://guest:guest@127.0.0.1:5672';

class CreateTables1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createOutboxAndInbox(runner);
    await queueOutboxAndKeepDeadLetters(runner);
    await runner.query('CREATE TABLE effects (event_id text)');
  }
  async down(): Promise<void> {}
}

async function eventually(condition: () => unknown, deadlineMs = 20_000): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    if (await condition()) return;
    if (performance.now() > deadline) throw new Error(`Not within ${deadlineMs} ms: ${condition.toString()}`);
    await sleep(10);
  }
}

function flagChanged(flag = 'bonus'): CloudEvent {
  return newEvent(
    'flag.changed',
    { flag, before: false, after: true, reason: 'promoted', releaseId: null },
    { source: 'croupier/flags' },
  );
}

function ids(events: readonly CloudEvent[]): string[] {
  return events.map((event) => event.id).sort();
}

/** Takes everything it is given. */
class RecordingBus implements Bus {
  readonly published: CloudEvent[] = [];
  connected = true;
  accept: (events: readonly Publishable[]) => Promise<void> = async () => undefined;

  async publish(events: readonly Publishable[]): Promise<void> {
    await this.accept(events);
    this.published.push(...events.map(eventOf));
  }
  async publishTo(consumer: string, events: readonly Publishable[]): Promise<void> {
    this.published.push(...events.map((event) => ({ ...eventOf(event), subject: `for ${consumer}` })));
  }
  subscribe(): never {
    throw new Error('nobody consumes here');
  }
  async close(): Promise<void> {}
}

describe('messaging on PostgreSQL and RabbitMQ', () => {
  const outbox = new Outbox();
  const cleanUps: (() => Promise<unknown>)[] = [];
  let dataSource: DataSource;

  beforeAll(() => void Logger.overrideLogger(false));
  beforeEach(async () => {
    const schema = `messaging_${randomBytes(6).toString('hex')}`;
    dataSource = await openDataSource({ url: DATABASE_URL, schema, migrations: [CreateTables1700000000001] });
    cleanUps.push(async () => {
      await dataSource.query(`DROP SCHEMA ${schema} CASCADE`);
      await dataSource.destroy();
    });
  });
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  function append(...events: CloudEvent[]): Promise<void> {
    return dataSource.transaction((tx) => outbox.append(tx, ...events));
  }

  function startRelay(bus: Bus, options: Partial<OutboxRelayOptions> = {}): OutboxRelay {
    const relay = new OutboxRelay({
      dataSource,
      bus,
      backoff: { initialMs: 10, factor: 2, maxMs: 100 },
      ...options,
    });
    relay.start();
    cleanUps.push(() => relay.stop());
    return relay;
  }

  function schemaOf({ options }: DataSource): string {
    return String((options as { schema?: string }).schema);
  }

  /** The same schema as another process sees it. */
  async function openElsewhere(): Promise<DataSource> {
    const elsewhere = await openDataSource({
      url: DATABASE_URL,
      schema: schemaOf(dataSource),
      migrations: [],
    });
    cleanUps.push(() => elsewhere.destroy());
    return elsewhere;
  }

  describe('the outbox', () => {
    it('publishes what committed, in its order, and nothing that rolled back', async () => {
      const bus = new RecordingBus();
      const relay = startRelay(bus);
      const events = Array.from({ length: 450 }, () => flagChanged());
      const rolledBack = dataSource.transaction(async (tx) => {
        await outbox.append(tx, flagChanged());
        throw new Error('changed my mind');
      });
      await expect(rolledBack).rejects.toThrow('changed my mind');

      await append(...events);

      await eventually(async () => (await relay.pendingCount()) === 0);
      expect(bus.published).toEqual(events);
    });

    it('publishes what waited for another transaction after what that one appended', async () => {
      const bus = new RecordingBus();
      const [first, waited] = [flagChanged(), flagChanged()];
      await dataSource.transaction(async (early) => {
        // A transaction begins at its first statement.
        await early.query('SELECT now()');
        await append(first);
        await outbox.append(early, waited);
      });

      startRelay(bus);

      await eventually(() => bus.published.length === 2);
      expect(bus.published).toEqual([first, waited]);
    });

    it('is published as soon as the transaction commits, without waiting for the poll', async () => {
      const bus = new RecordingBus();
      startRelay(bus, { pollMs: 600_000 });

      for (let commits = 1; commits <= 20; commits++) {
        await append(flagChanged());
        await eventually(() => bus.published.length === commits);
      }
    });

    it('publishes what another process appended', async () => {
      const bus = new RecordingBus();
      startRelay(bus, { pollMs: 20 });
      const event = flagChanged();

      await dataSource.query('INSERT INTO outbox (id, type, event) VALUES ($1, $2, $3)', [
        event.id,
        event.type,
        JSON.stringify(event),
      ]);

      await eventually(() => bus.published.length === 1);
    });

    it('refuses events outside a transaction', async () => {
      await expect(outbox.append(dataSource.manager, flagChanged())).rejects.toThrow('transaction');
    });

    it('is published once by several relays', async () => {
      const bus = new RecordingBus();
      bus.accept = () => new Promise((resolve) => setImmediate(resolve));
      const relays = [1, 2, 3].map(() => startRelay(bus, { batchSize: 7, pollMs: 5 }));
      const events = Array.from({ length: 500 }, () => flagChanged());

      await Promise.all(events.map((event) => append(event)));

      await eventually(async () => (await relays[0]?.pendingCount()) === 0);
      expect(ids(bus.published)).toEqual(ids(events));
    });

    it('keeps the rows while the bus fails, and publishes them when it works again', async () => {
      const bus = new RecordingBus();
      let failures = 0;
      bus.accept = () => (failures++ < 5 ? Promise.reject(new Error('no confirm')) : Promise.resolve());
      const relay = startRelay(bus, { pollMs: 600_000 });
      const events = [flagChanged(), flagChanged()];

      await append(...events);

      await eventually(async () => (await relay.pendingCount()) === 0);
      expect(bus.published).toEqual(events);
      expect(failures).toBe(6);
    });

    it('goes on publishing while a slow consumer holds a batch', async () => {
      const bus = new RecordingBus();
      const slow = flagChanged('slow');
      let finish: (() => void) | undefined;
      bus.accept = (events) =>
        events.some(({ id }) => id === slow.id)
          ? new Promise((resolve) => (finish = resolve))
          : Promise.resolve();
      const relay = startRelay(bus);

      await append(slow);
      await eventually(() => finish !== undefined);
      const quick = flagChanged('quick');
      await append(quick);

      await eventually(() => ids(bus.published).includes(quick.id));
      expect(ids(bus.published)).toEqual([quick.id]);
      finish?.();
      await eventually(async () => (await relay.pendingCount()) === 0);
    });

    it('lets a batch in hand finish when it stops', async () => {
      const bus = new RecordingBus();
      let finish: () => void = () => undefined;
      let begun = false;
      bus.accept = () => {
        begun = true;
        return new Promise((resolve) => (finish = resolve));
      };
      const relay = startRelay(bus);
      await append(flagChanged());
      await eventually(() => begun);

      const stopped = relay.stop();
      finish();
      await stopped;

      expect(await relay.pendingCount()).toBe(0);
    });

    it('keeps nothing of what is published', async () => {
      const relay = startRelay(new RecordingBus());
      await append(flagChanged(), flagChanged());
      await eventually(async () => (await relay.pendingCount()) === 0);
      expect(await dataSource.query('SELECT sequence FROM outbox')).toEqual([]);
    });

    it('tries what the bus refuses again and again, while the rest goes on', async () => {
      const bus = new RecordingBus();
      const refused = flagChanged('refused');
      let refusals = 0;
      bus.accept = async (events) => {
        const unpublished = events.filter(({ id }) => id === refused.id);
        if (unpublished.length === 0 || ++refusals > 3) return;
        const queueFull = new Error('the queue is full');
        if (events.length === 1) throw queueFull;
        bus.published.push(...events.filter(({ id }) => id !== refused.id).map(eventOf));
        throw new PartlyPublished(unpublished, queueFull);
      };
      const relay = startRelay(bus, { pollMs: 600_000 });
      const others = Array.from({ length: 5 }, () => flagChanged());

      await append(refused, ...others.slice(0, 2));
      for (const event of others.slice(2)) await append(event);

      await eventually(async () => (await relay.pendingCount()) === 0);
      expect(refusals).toBe(4);
      expect(ids(bus.published)).toEqual(ids([refused, ...others]));
    });

    it('leaves the rows as they are while the bus is away', async () => {
      const bus = new RecordingBus();
      let failures = 0;
      bus.accept = () =>
        failures++ < 3 ? Promise.reject(new BusUnavailable('RabbitMQ is away')) : Promise.resolve();
      const relay = startRelay(bus, { pollMs: 600_000 });

      await append(flagChanged());
      await eventually(() => failures > 0);
      const rows = await dataSource.query<{ attempts: number }[]>('SELECT attempts FROM outbox');

      expect(rows.every(({ attempts }) => attempts === 0)).toBe(true);
      await eventually(async () => (await relay.pendingCount()) === 0);
    });

    it('is relayed by another process that hears of it, when this one has lost its bus', async () => {
      const away = new RecordingBus();
      away.connected = false;
      startRelay(away, { pollMs: 600_000 });
      const elsewhere = await openElsewhere();
      const bus = new RecordingBus();
      startRelay(bus, { dataSource: elsewhere, pollMs: 600_000 });

      const first = flagChanged();
      await append(first);
      await eventually(() => ids(bus.published).includes(first.id));

      await dataSource.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1`,
        [`croupier-${schemaOf(dataSource)}-outbox`],
      );
      const second = flagChanged();
      await append(second);
      await eventually(() => ids(bus.published).includes(second.id));
      const third = flagChanged();
      await append(third);
      await eventually(() => ids(bus.published).includes(third.id));
    });
  });

  describe('the inbox', () => {
    it('runs the work of an event once, however many deliveries there are at the same time', async () => {
      const inbox = new Inbox(dataSource);
      const event = flagChanged();
      let runs = 0;

      const outcomes = await Promise.all(
        Array.from({ length: 8 }, () => inbox.once(event, async () => void runs++)),
      );

      expect(runs).toBe(1);
      expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    });

    it('gets through a backlog of work that takes a second connection', async () => {
      const inbox = new Inbox(dataSource);
      const works = Array.from({ length: 60 }, () =>
        inbox.once(flagChanged(), async () => {
          await dataSource.query('SELECT pg_sleep(0.001)');
        }),
      );
      expect(await Promise.all(works)).toEqual(Array(60).fill('done'));
    });

    it('runs the work again when it failed', async () => {
      const inbox = new Inbox(dataSource);
      const event = flagChanged();
      await expect(inbox.once(event, () => Promise.reject(new Error('not yet')))).rejects.toThrow('not yet');

      expect(await inbox.once(event, async () => undefined)).toBe('done');
    });

    it('tells the handlers of one event apart by their names', async () => {
      const inbox = new Inbox(dataSource);
      const event = flagChanged();
      await inbox.once(event, async () => undefined);

      expect(await inbox.once(event, async () => undefined, 'audit')).toBe('done');
    });
  });

  describe('dead letters', () => {
    const reason = 'Redis is back';

    function letterOf(event: CloudEvent, deadAt = new Date()): DeadLetter {
      const error = new Error('Redis is away');
      return { consumer: 'cache', message: { kind: 'event', event }, error, attempts: 5, deadAt };
    }

    async function open(deadLetters: DeadLetters) {
      return deadLetters.list({ state: 'open', limit: 10 });
    }

    it('are one an event, whose deliveries add up, and the same one counts once', async () => {
      const deadLetters = new DeadLetters(dataSource);
      const event = flagChanged();
      await deadLetters.store(letterOf(event, new Date(1_000)));
      await deadLetters.store(letterOf(event, new Date(2_000)));
      await deadLetters.store(letterOf(event, new Date(2_000)));

      expect(await open(deadLetters)).toMatchObject([
        {
          messageId: event.id,
          message: { kind: 'event', event },
          error: 'Redis is away',
          stack: expect.stringContaining('messaging.integration.spec'),
          attempts: 10,
        },
      ]);
      expect(await deadLetters.countOpen()).toBe(1);
    });

    it('are told of once each, unless they tell of one themselves', async () => {
      const deadLetters = new DeadLetters(dataSource);
      const bus = new RecordingBus();
      const relay = startRelay(bus, { pollMs: 600_000 });
      const event = flagChanged();
      for (const atMs of [1_000, 1_000]) await deadLetters.store(letterOf(event, new Date(atMs)));
      const told = { service: 'cache', messageId: 'x', messageType: 'y', error: 'z', attempts: 1 };
      const telling = newEvent('message.dead', told, { source: 'croupier/cache' });
      await deadLetters.store(letterOf(telling));

      await eventually(async () => (await relay.pendingCount()) === 0);
      expect(bus.published).toMatchObject([
        {
          type: 'message.dead',
          data: {
            service: 'cache',
            messageId: event.id,
            messageType: 'flag.changed',
            error: 'Redis is away',
          },
        },
      ]);
    });

    it('go once more to the consumer that failed on them, and to no other', async () => {
      const deadLetters = new DeadLetters(dataSource);
      const bus = new RecordingBus();
      startRelay(bus, { pollMs: 600_000 });
      const event = flagChanged();
      await deadLetters.store(letterOf(event));
      const [letter] = await open(deadLetters);

      expect(await deadLetters.replay(String(letter?.id), reason)).toBe('done');

      await eventually(() => bus.published.length === 2);
      expect(bus.published).toEqual([
        expect.objectContaining({ type: 'message.dead' }),
        { ...event, subject: 'for cache' },
      ]);
      expect(await open(deadLetters)).toEqual([]);
      expect(await deadLetters.find(String(letter?.id))).toMatchObject({
        state: 'replayed',
        resolution: reason,
      });
    });

    it('are open again when the replay fails, too', async () => {
      const deadLetters = new DeadLetters(dataSource);
      const event = flagChanged();
      await deadLetters.store(letterOf(event, new Date(1_000)));
      const id = String((await open(deadLetters))[0]?.id);
      await deadLetters.replay(id, reason);

      await deadLetters.store(letterOf(event, new Date(2_000)));

      expect(await open(deadLetters)).toMatchObject([{ id, attempts: 10, resolution: null }]);
    });

    it('are resolved once, by whoever comes first', async () => {
      const deadLetters = new DeadLetters(dataSource);
      await deadLetters.store(letterOf(flagChanged()));
      const id = String((await open(deadLetters))[0]?.id);

      const outcomes = await Promise.all([
        deadLetters.discard(id, reason),
        deadLetters.replay(id, reason),
        deadLetters.replay(id, reason),
      ]);

      expect([...outcomes].sort()).toEqual(['done', 'not-open', 'not-open']);
      expect(await deadLetters.discard('999999', reason)).toBe('not-found');
    });

    it('may be what is no event, which can be looked at and discarded', async () => {
      const deadLetters = new DeadLetters(dataSource);
      const content = Buffer.from('no JSON\0\xff', 'latin1');
      const message = { kind: 'unreadable', messageId: 'x\0', type: 'flag.changed', content } as const;
      await deadLetters.store({ ...letterOf(flagChanged()), message });
      const [letter] = await open(deadLetters);

      expect(letter).toMatchObject({ message: { kind: 'unreadable', content } });
      expect(await deadLetters.replay(String(letter?.id), reason)).toBe('unreadable');
      expect(await deadLetters.discard(String(letter?.id), reason)).toBe('done');
    });

    it('are listed by type and page, the latest first', async () => {
      const deadLetters = new DeadLetters(dataSource);
      const events = Array.from({ length: 5 }, () => flagChanged());
      for (const event of events) await deadLetters.store(letterOf(event));

      const first = await deadLetters.list({ state: 'open', type: 'flag.changed', limit: 3 });
      const rest = await deadLetters.list({ state: 'open', before: String(first.at(-1)?.id), limit: 3 });

      expect([...first, ...rest].map(({ messageId }) => messageId)).toEqual(
        events.map(({ id }) => id).reverse(),
      );
      expect(await deadLetters.list({ state: 'open', type: 'traffic.changed', limit: 3 })).toEqual([]);
      expect(await deadLetters.list({ state: 'discarded', limit: 3 })).toEqual([]);
    });
  });

  describe('RabbitMQ', () => {
    let namespace: string;
    let inspection: ChannelModel;

    beforeEach(async () => {
      namespace = `test-${randomUUID().slice(0, 8)}`;
      inspection = await connect(AMQP_URL);
      cleanUps.push(() => inspection.close());
      cleanUps.push(() => RabbitBus.deleteNamespace(AMQP_URL, namespace, ['cache', 'flags']));
    });

    async function openBus(options: Partial<RabbitBusOptions> = {}): Promise<RabbitBus> {
      const bus = new RabbitBus({
        url: AMQP_URL,
        namespace,
        backoff: { initialMs: 1, factor: 1, maxMs: 1 },
        ...options,
      });
      cleanUps.push(() => bus.close());
      await eventually(() => bus.connected);
      return bus;
    }

    async function messagesIn(queue: string): Promise<number> {
      const channel = await inspection.createChannel();
      try {
        return (await channel.checkQueue(queue)).messageCount;
      } finally {
        await channel.close();
      }
    }

    async function readOne(queue: string): Promise<GetMessage> {
      const channel = await inspection.createChannel();
      try {
        const message = await channel.get(queue, { noAck: true });
        if (!message) throw new Error(`${queue} is empty`);
        return message;
      } finally {
        await channel.close();
      }
    }

    async function effectIds(): Promise<string[]> {
      const rows = await dataSource.query<{ event_id: string }[]>('SELECT event_id FROM effects');
      return rows.map((row) => row.event_id).sort();
    }

    /** A consumer with an effect in the database, recorded in its inbox. */
    async function consumeInto(bus: Bus): Promise<void> {
      const inbox = new Inbox(dataSource);
      await bus.subscribe('cache', ['flag.changed'], async (event) => {
        await inbox.once(event, async (tx) => {
          await tx.query('INSERT INTO effects VALUES ($1)', [event.id]);
        });
      });
    }

    it('brings every event from the outbox to one effect, however often it is published', async () => {
      const bus = await openBus();
      await consumeInto(bus);
      const relay = startRelay(bus);
      const events = Array.from({ length: 300 }, () => flagChanged());

      await append(...events);
      await eventually(async () => (await relay.pendingCount()) === 0);
      await bus.publish(events);
      await bus.publish(events.slice(0, 50));

      await eventually(async () => (await effectIds()).length >= events.length);
      await eventually(async () => (await messagesIn(`${namespace}.cache`)) === 0);
      await bus.close();
      expect(await effectIds()).toEqual(ids(events));
    });

    it('brings every event to its effect through cut connections and an absence of RabbitMQ', async () => {
      const proxy = await startProxy(AMQP_URL);
      cleanUps.push(() => proxy.close());
      const bus = await openBus({ url: proxy.url });
      await consumeInto(bus);
      const relay = startRelay(bus);
      const events: CloudEvent[] = [];
      const appendSome = async (): Promise<void> => {
        for (let i = 0; i < 20; i++) {
          const event = flagChanged();
          events.push(event);
          await append(event);
        }
      };

      await appendSome();
      proxy.cut();
      await appendSome();
      await eventually(() => bus.connected);
      proxy.refuse(true);
      proxy.cut();
      await eventually(() => !bus.connected);
      await expect(bus.publish([flagChanged()])).rejects.toThrow('not connected');
      await appendSome();
      expect(await relay.pendingCount()).toBeGreaterThanOrEqual(20);
      proxy.refuse(false);

      await eventually(async () => (await effectIds()).length >= events.length);
      expect(await effectIds()).toEqual(ids(events));
      await eventually(async () => (await relay.pendingCount()) === 0);
    });

    it('takes a new connection when RabbitMQ goes on refusing', async () => {
      const bus = await openBus({ refusalPatienceMs: 0 });
      const full = await inspection.createChannel();
      const { queue } = await full.assertQueue('', {
        exclusive: true,
        arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' },
      });
      await full.bindQueue(queue, `${namespace}.events`, 'flag.changed');
      await bus.publish([flagChanged()]);

      await expect(bus.publish([flagChanged()])).rejects.toThrow('is full');
      expect(bus.connected).toBe(false);
      await full.deleteQueue(queue);
      await eventually(() => bus.connected);

      await bus.publish([flagChanged()]);
    });

    it('starts while RabbitMQ is away, and consumes when it comes', async () => {
      const proxy = await startProxy(AMQP_URL);
      cleanUps.push(() => proxy.close());
      proxy.refuse(true);
      const bus = new RabbitBus({ url: proxy.url, namespace });
      cleanUps.push(() => bus.close());
      const subscribed = consumeInto(bus);
      expect(bus.connected).toBe(false);

      await eventually(() => proxy.refused > 2);
      proxy.refuse(false);
      await subscribed;
      await eventually(() => bus.connected);
      const event = flagChanged();
      await bus.publish([event]);

      await eventually(async () => (await effectIds()).includes(event.id));
    });

    it('delivers a failing event until the limit, then keeps it in the dead letter queue', async () => {
      const bus = await openBus({ deliveryLimit: 3 });
      let deliveries = 0;
      await bus.subscribe('cache', ['flag.changed'], async () => {
        deliveries++;
        throw new Error('Redis is away');
      });
      const event = flagChanged();

      await bus.publish([event]);

      await eventually(async () => (await messagesIn(`${namespace}.cache.dead`)) === 1);
      expect(deliveries).toBe(4);
      const { content, properties } = await readOne(`${namespace}.cache.dead`);
      expect(JSON.parse(content.toString())).toEqual(event);
      expect(properties).toMatchObject({
        messageId: event.id,
        type: 'flag.changed',
        headers: {
          'x-croupier-error': 'Redis is away',
          'x-croupier-stack': expect.stringContaining('messaging.integration.spec'),
          'x-croupier-attempts': 4,
        },
      });
    });

    it('moves dead letters on to where they can be looked at, with error and stack', async () => {
      const bus = await openBus({ deliveryLimit: 1 });
      const deadLetters = new DeadLetters(dataSource);
      let storeFailures = 1;
      await bus.subscribe(
        'cache',
        ['flag.changed'],
        () => Promise.reject(new Error('Redis is away')),
        async (letter) => {
          if (storeFailures-- > 0) throw new Error('the database is away');
          await deadLetters.store(letter);
        },
      );
      const event = flagChanged();

      await bus.publish([event]);
      (await inspection.createChannel()).publish(
        `${namespace}.events`,
        'flag.changed',
        Buffer.from('no JSON'),
      );

      await eventually(async () => (await deadLetters.countOpen()) === 2);
      const letters = await deadLetters.list({ state: 'open', limit: 10 });
      expect(letters.find(({ messageId }) => messageId === event.id)).toMatchObject({
        consumer: 'cache',
        message: { kind: 'event', event },
        error: 'Redis is away',
        stack: expect.stringContaining('messaging.integration.spec'),
        attempts: 2,
      });
      expect(letters.find(({ message }) => message.kind === 'unreadable')).toMatchObject({
        message: { content: Buffer.from('no JSON') },
        error: 'is not JSON',
        attempts: 1,
      });
      await eventually(async () => (await messagesIn(`${namespace}.cache.dead`)) === 0);
    });

    it('tells of a message that ended every consumer before it could say why', async () => {
      const bus = await openBus({ deliveryLimit: 2, consumers: { cache: ['flag.changed'] } });
      const event = flagChanged();
      await bus.publish([event]);
      const crashing = await inspection.createChannel();
      await crashing.consume(`${namespace}.cache`, (message) => {
        if (message) crashing.nack(message, false, true);
      });
      await eventually(async () => (await messagesIn(`${namespace}.cache.dead`)) === 1);
      await crashing.close();

      const letters: DeadLetter[] = [];
      await bus.subscribe(
        'cache',
        ['flag.changed'],
        async () => undefined,
        async (letter) => void letters.push(letter),
      );

      await eventually(() => letters.length === 1);
      expect(letters[0]).toMatchObject({
        message: { kind: 'event', event },
        error: { message: expect.stringContaining('delivered to the limit') },
      });
    });

    it('gives a replayed dead letter to its consumer alone', async () => {
      const bus = await openBus({ deliveryLimit: 0 });
      const deadLetters = new DeadLetters(dataSource);
      startRelay(bus);
      const handled: string[] = [];
      let failing = true;
      await bus.subscribe(
        'cache',
        ['flag.changed'],
        async () => {
          if (failing) throw new Error('Redis is away');
          handled.push('cache');
        },
        (letter) => deadLetters.store(letter),
      );
      await bus.subscribe('flags', ['flag.changed'], async () => void handled.push('flags'));
      await append(flagChanged());
      await eventually(async () => (await deadLetters.countOpen()) === 1 && handled.length === 1);

      failing = false;
      const [letter] = await deadLetters.list({ state: 'open', limit: 1 });
      await deadLetters.replay(String(letter?.id), 'Redis is back');

      await eventually(() => handled.length === 2);
      expect(handled).toEqual(['flags', 'cache']);
    });

    it('does not take a message for a queue that is not there as published', async () => {
      const bus = await openBus();
      await expect(bus.publishTo('nobody', [flagChanged()])).rejects.toThrow('has no queue');
    });

    it('answers for the events that no full queue refuses', async () => {
      const bus = await openBus({ consumers: { flags: ['traffic.changed'] } });
      const channel = await inspection.createChannel();
      await channel.assertQueue(`${namespace}.cache`, {
        arguments: { 'x-queue-type': 'quorum', 'x-max-length': 1, 'x-overflow': 'reject-publish' },
      });
      await channel.bindQueue(`${namespace}.cache`, `${namespace}.events`, 'flag.changed');
      const traffic = newEvent(
        'traffic.changed',
        {
          provider: 'acme',
          game: 'slots',
          routingVersion: 1,
          stableVersion: '1.0.0',
          canaryVersion: null,
          canaryWeightPercent: 0,
        },
        { source: 'croupier/deployer' },
      );

      // A quorum queue learns of its length a little late.
      await eventually(async () => {
        const refused = flagChanged();
        const outcome = await bus.publish([refused, traffic]).catch((error: unknown) => error);
        if (!(outcome instanceof PartlyPublished)) return false;
        expect(outcome.unpublished).toEqual([refused]);
        return true;
      });
    });

    it('does not count the absence of the database against the message', async () => {
      const bus = await openBus({ deliveryLimit: 2 });
      let absences = 20;
      let handled = 0;
      await bus.subscribe('cache', ['flag.changed'], async () => {
        if (absences-- > 0) throw Object.assign(new Error('shutting down'), { code: '57P01' });
        handled++;
      });

      await bus.publish([flagChanged()]);

      await eventually(() => handled === 1);
      expect(await messagesIn(`${namespace}.cache.dead`)).toBe(0);
    });

    it('puts a poison message into the dead letter queue at its first delivery', async () => {
      const bus = await openBus();
      const delivered: string[] = [];
      await bus.subscribe('cache', ['flag.changed'], async (event) => {
        delivered.push(event.id);
        throw new PoisonMessage('breaks its contract');
      });
      const channel = await inspection.createChannel();
      for (const content of ['no JSON', '{"specversion":"0.3"}'])
        channel.publish(`${namespace}.events`, 'flag.changed', Buffer.from(content));
      const event = flagChanged();

      await bus.publish([event]);

      await eventually(async () => (await messagesIn(`${namespace}.cache.dead`)) === 3);
      expect(delivered).toEqual([event.id]);
    });

    it('keeps events for a declared consumer that has never run', async () => {
      const early = await openBus({ consumers: { cache: ['flag.changed'], flags: [] } });
      const event = flagChanged();
      await early.publish([event]);

      await consumeInto(await openBus());

      await eventually(async () => (await effectIds()).includes(event.id));
    });

    it('comes back when its queue has been deleted', async () => {
      const bus = await openBus();
      await consumeInto(bus);
      const channel = await inspection.createChannel();
      await channel.deleteQueue(`${namespace}.cache`);

      const events: CloudEvent[] = [];
      await eventually(async () => {
        const event = flagChanged();
        events.push(event);
        await bus.publish([event]);
        return (await effectIds()).length > 0;
      });
    });

    it('finishes the delivery in hand when the subscription closes', async () => {
      const bus = await openBus();
      let finish: () => void = () => undefined;
      let begun = false;
      const subscription = await bus.subscribe('cache', ['flag.changed'], () => {
        begun = true;
        return new Promise((resolve) => (finish = resolve));
      });
      await bus.publish([flagChanged()]);
      await eventually(() => begun);

      const closed = subscription.close();
      finish();
      await closed;

      expect(await messagesIn(`${namespace}.cache`)).toBe(0);
    });
  });
});

interface Proxy {
  readonly url: string;
  readonly refused: number;
  /** Destroys every connection. */
  cut(): void;
  refuse(refusing: boolean): void;
  close(): Promise<void>;
}

/** Stands between the bus and RabbitMQ to take the network away. */
async function startProxy(url: string): Promise<Proxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let refusing = false;
  let refused = 0;
  const server = createServer((inside) => {
    if (refusing) {
      refused++;
      inside.destroy();
      return;
    }
    const outside = connectSocket(Number(target.port || 5672), target.hostname);
    for (const [from, to] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxied = new URL(url);
  proxied.hostname = '127.0.0.1';
  proxied.port = String((server.address() as AddressInfo).port);
  return {
    url: proxied.toString(),
    get refused() {
      return refused;
    },
    cut: () => sockets.forEach((socket) => socket.destroy()),
    refuse: (value) => (refusing = value),
    close: async () => {
      sockets.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
}

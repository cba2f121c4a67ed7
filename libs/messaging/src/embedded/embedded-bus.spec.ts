import type { CloudEvent } from '@croupier/contracts';
import { Logger } from '@nestjs/common';
import { BusUnavailable, PoisonMessage, type DeadLetter } from '../bus';
import { newEvent } from '../new-event';
import { EmbeddedBus } from './embedded-bus';

const backoff = { initialMs: 1, factor: 1, maxMs: 1 };

function flagChanged(flag: string): CloudEvent {
  return newEvent(
    'flag.changed',
    { flag, before: false, after: true, reason: 'promoted', releaseId: null },
    { source: 'croupier/flags' },
  );
}

describe('EmbeddedBus', () => {
  beforeAll(() => void Logger.overrideLogger(false));

  it('resolves a publication when every consumer of the type has handled it', async () => {
    const bus = new EmbeddedBus();
    const handled: string[] = [];
    for (const consumer of ['cache', 'deployer'])
      await bus.subscribe(consumer, ['flag.changed'], async () => void handled.push(consumer));
    await bus.subscribe('gateway', ['traffic.changed'], async () => void handled.push('gateway'));

    await bus.publish([flagChanged('bonus')]);

    expect(handled.sort()).toEqual(['cache', 'deployer']);
  });

  it('hands the events of one publication to a consumer in their order', async () => {
    const bus = new EmbeddedBus({ backoff });
    const events = ['one', 'two', 'three'].map(flagChanged);
    const handled: string[] = [];
    let failures = 0;
    await bus.subscribe('cache', ['flag.changed'], async (event) => {
      if (event.id === events[1]?.id && failures++ < 2) throw new Error('not yet');
      handled.push(event.id);
    });

    await bus.publish(events);

    expect(handled).toEqual(events.map((event) => event.id));
  });

  it('repeats a failed delivery, then stores the event as a dead letter', async () => {
    const bus = new EmbeddedBus({ attempts: 3, backoff });
    const letters: DeadLetter[] = [];
    let deliveries = 0;
    await bus.subscribe(
      'cache',
      ['flag.changed'],
      async () => {
        deliveries++;
        throw new Error('Redis is away');
      },
      async (letter) => void letters.push(letter),
    );
    const event = flagChanged('bonus');

    await bus.publish([event]);

    expect(deliveries).toBe(3);
    expect(letters).toEqual([
      {
        consumer: 'cache',
        message: { kind: 'event', event },
        error: new Error('Redis is away'),
        attempts: 3,
        deadAt: expect.any(Date),
      },
    ]);
  });

  it('does not count the absence of the database against the message', async () => {
    const bus = new EmbeddedBus({ attempts: 2, backoff });
    let absences = 20;
    let handled = 0;
    await bus.subscribe('cache', ['flag.changed'], async () => {
      if (absences-- > 0) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
      handled++;
    });

    await bus.publish([flagChanged('bonus')]);

    expect(handled).toBe(1);
  });

  it('stores a poison message as a dead letter at once', async () => {
    const bus = new EmbeddedBus({ backoff });
    const letters: DeadLetter[] = [];
    await bus.subscribe(
      'cache',
      ['flag.changed'],
      () => Promise.reject(new PoisonMessage('breaks its contract')),
      async (letter) => void letters.push(letter),
    );

    await bus.publish([flagChanged('bonus')]);

    expect(letters.map((letter) => letter.attempts)).toEqual([1]);
  });

  it('answers for what came before the event that a consumer did not get', async () => {
    const bus = new EmbeddedBus({ attempts: 1, backoff });
    const events = ['one', 'two', 'three'].map(flagChanged);
    const handled: string[] = [];
    await bus.subscribe('deployer', ['flag.changed'], async (event) => void handled.push(event.id));
    await bus.subscribe('cache', ['flag.changed'], async (event) => {
      if (event.id === events[1]?.id) throw new Error('Redis is away');
    });

    const publication = bus.publish(events);

    await expect(publication).rejects.toMatchObject({
      name: 'PartlyPublished',
      unpublished: events.slice(1),
      cause: new Error('Redis is away'),
    });
    expect(handled).toHaveLength(3);
  });

  it('publishes to one consumer alone', async () => {
    const bus = new EmbeddedBus();
    const handled: string[] = [];
    for (const consumer of ['cache', 'deployer'])
      await bus.subscribe(consumer, ['flag.changed'], async () => void handled.push(consumer));

    await bus.publishTo('cache', [flagChanged('bonus')]);

    expect(handled).toEqual(['cache']);
    await expect(bus.publishTo('registry', [flagChanged('bonus')])).rejects.toThrow(BusUnavailable);
  });

  it('rejects the publication when a dead letter cannot be stored, so that nothing is lost', async () => {
    const bus = new EmbeddedBus({ attempts: 1, backoff });
    await bus.subscribe(
      'cache',
      ['flag.changed'],
      () => Promise.reject(new Error('Redis is away')),
      () => Promise.reject(new Error('the database is away')),
    );

    await expect(bus.publish([flagChanged('bonus')])).rejects.toThrow('the database is away');
  });

  it('publishes nothing until every expected consumer is there', async () => {
    const bus = new EmbeddedBus({ expects: ['cache', 'deployer'] });
    const handled: string[] = [];
    await bus.subscribe('cache', ['flag.changed'], async (event) => void handled.push(event.id));

    expect(bus.connected).toBe(false);
    await expect(bus.publish([flagChanged('bonus')])).rejects.toThrow(BusUnavailable);
    expect(handled).toEqual([]);

    await bus.subscribe('deployer', [], async () => undefined);
    expect(bus.connected).toBe(true);
  });

  it('keeps the events of a consumer that has left, and still serves the others', async () => {
    const bus = new EmbeddedBus();
    const handled: string[] = [];
    await bus.subscribe('deployer', ['flag.changed'], async () => void handled.push('deployer'));
    const subscription = await bus.subscribe('cache', ['flag.changed'], async () => undefined);
    await subscription.close();

    await expect(bus.publish([flagChanged('bonus')])).rejects.toThrow(BusUnavailable);
    expect(handled).toEqual(['deployer']);

    await bus.subscribe('cache', ['flag.changed'], async () => void handled.push('cache'));
    await bus.publish([flagChanged('bonus')]);
    expect(handled).toContain('cache');
  });

  it('gives up waiting for a retry when it closes', async () => {
    const bus = new EmbeddedBus({ backoff: { initialMs: 600_000, factor: 1, maxMs: 600_000 } });
    let failed: () => void = () => undefined;
    const firstFailure = new Promise<void>((resolve) => (failed = resolve));
    await bus.subscribe('cache', ['flag.changed'], async () => {
      failed();
      throw new Error('Redis is away');
    });

    const publication = bus.publish([flagChanged('bonus')]);
    publication.catch(() => undefined);
    await firstFailure;
    await bus.close();

    await expect(publication).rejects.toThrow(BusUnavailable);
  });
});

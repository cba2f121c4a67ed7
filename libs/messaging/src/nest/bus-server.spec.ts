import 'reflect-metadata';
import { Controller, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { CloudEvent, FlagChanged, TrafficChanged } from '@croupier/contracts';
import { defer, type Observable, timer } from 'rxjs';
import { map } from 'rxjs/operators';
import type { DeadLetter } from '../bus';
import { EmbeddedBus } from '../embedded/embedded-bus';
import { newEvent } from '../new-event';
import { BusServer } from './bus-server';
import { serveEvents } from './serve-events';

const source = 'croupier/flags';

function flagChanged(flag: string): CloudEvent<'flag.changed', FlagChanged> {
  return newEvent(
    'flag.changed',
    { flag, before: false, after: true, reason: 'promoted', releaseId: null },
    { source },
  );
}

const trafficChanged = newEvent(
  'traffic.changed',
  {
    provider: 'acme',
    game: 'slots',
    routingVersion: 1,
    stableVersion: '1.0.0',
    canaryVersion: null,
    canaryWeightPercent: 0,
  },
  { source },
);

let handled: unknown[] = [];
let failuresToCome = 0;

@Controller()
class FlagHandlers {
  @EventPattern('flag.changed')
  async onFlagChanged(@Payload() event: CloudEvent<'flag.changed', FlagChanged>): Promise<void> {
    await Promise.resolve();
    if (failuresToCome-- > 0) throw new Error('the cache is away');
    handled.push(event);
  }

  @EventPattern('traffic.changed')
  onTrafficChanged(@Payload() event: CloudEvent<'traffic.changed', TrafficChanged>): Observable<void> {
    return defer(() => timer(1)).pipe(map(() => void handled.push(event.data.game)));
  }
}

@Controller()
class AuditHandlers {
  @EventPattern('flag.changed')
  async onFlagChanged(@Payload() event: CloudEvent): Promise<void> {
    await Promise.resolve();
    handled.push(`audit of ${event.type}`);
  }
}

@Controller()
class UnknownTypeHandlers {
  @EventPattern('flag.chagned')
  async onTypo(): Promise<void> {}
}

@Controller()
class RequestHandlers {
  @MessagePattern('flag.changed')
  async onRequest(): Promise<void> {}
}

async function serve(controllers: (new () => object)[]) {
  @Module({ controllers })
  class ServiceModule {}

  const bus = new EmbeddedBus({ attempts: 3, backoff: { initialMs: 1, factor: 1, maxMs: 1 } });
  const letters: DeadLetter[] = [];
  const outcomes: string[] = [];
  const app = await NestFactory.create(ServiceModule, new FastifyAdapter(), { logger: false });
  serveEvents(
    app,
    new BusServer({
      bus,
      consumer: 'cache',
      onDeadLetter: async (letter) => void letters.push(letter),
      onHandled: (type, outcome) => outcomes.push(`${type} ${outcome}`),
    }),
  );
  return { app, bus, letters, outcomes };
}

describe('BusServer', () => {
  beforeAll(() => void Logger.overrideLogger(false));
  beforeEach(() => {
    handled = [];
    failuresToCome = 0;
  });

  it('gives an event to every handler of its type', async () => {
    const { app, bus, outcomes } = await serve([FlagHandlers, AuditHandlers]);
    await app.startAllMicroservices();
    const event = flagChanged('bonus');

    await bus.publish([event]);

    expect(handled).toHaveLength(2);
    expect(handled).toEqual(expect.arrayContaining([event, 'audit of flag.changed']));
    expect(outcomes).toEqual(['flag.changed done']);
    await app.close();
  });

  it('waits for a handler that returns an observable', async () => {
    const { app, bus } = await serve([FlagHandlers]);
    await app.startAllMicroservices();

    await bus.publish([trafficChanged]);

    expect(handled).toEqual(['slots']);
    await app.close();
  });

  it('has a failed delivery repeated', async () => {
    const { app, bus, letters, outcomes } = await serve([FlagHandlers]);
    await app.startAllMicroservices();
    failuresToCome = 2;

    await bus.publish([flagChanged('bonus')]);

    expect(handled).toHaveLength(1);
    expect(letters).toEqual([]);
    expect(outcomes).toEqual(['flag.changed failed', 'flag.changed failed', 'flag.changed done']);
    await app.close();
  });

  it('tells the dead letter the error that the handler threw', async () => {
    const { app, bus, letters } = await serve([FlagHandlers]);
    await app.startAllMicroservices();
    failuresToCome = 3;
    const event = flagChanged('bonus');

    await bus.publish([event]);

    expect(letters).toMatchObject([
      {
        consumer: 'cache',
        message: { kind: 'event', event },
        error: new Error('the cache is away'),
        attempts: 3,
      },
    ]);
    await app.close();
  });

  it('does not show a handler what breaks the contract of its type', async () => {
    const { app, bus, letters } = await serve([FlagHandlers]);
    await app.startAllMicroservices();
    const event = flagChanged('bonus');

    await bus.publish([{ ...event, data: { ...event.data, flag: 'Not A Slug' } }]);

    expect(handled).toEqual([]);
    expect(letters.map((letter) => letter.attempts)).toEqual([1]);
    expect(letters[0]?.error.message).toContain('flag');
    await app.close();
  });

  it('takes no deliveries after the application has closed', async () => {
    const { app, bus } = await serve([FlagHandlers]);
    await app.startAllMicroservices();
    await app.close();

    await expect(bus.publish([flagChanged('bonus')])).rejects.toThrow('cache takes no deliveries now');
    expect(handled).toEqual([]);
  });

  it.each([
    ['an event type that is not in the catalogue', UnknownTypeHandlers, 'flag.chagned'],
    ['a request handler', RequestHandlers, '@MessagePattern'],
  ])('refuses to start with %s', async (_what, controller, message) => {
    const { app } = await serve([controller]);
    await expect(app.startAllMicroservices()).rejects.toThrow(message);
    await app.close();
  });
});

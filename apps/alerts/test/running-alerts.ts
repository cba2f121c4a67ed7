import { randomUUID } from 'node:crypto';
import type {
  AlertDelivery,
  AlertDeliveryDetail,
  CloudEvent,
  EventData,
  EventType,
  ReleaseId,
} from '@croupier/contracts';
import { EmbeddedBus, newEvent } from '@croupier/messaging';
import { InProcessCache, startService, type RunningService } from '@croupier/service-kit';
import {
  eventually,
  freshDatabase,
  PagerDutyDouble,
  SlackDouble,
  type FreshDatabase,
} from '@croupier/testing';
import request from 'supertest';
import { service } from '../src/service';

const OPERATOR = 'operator-token-of-the-test';
export const DEPLOYER = 'http://deployer.test';

/** The alerts service on a database of its own, with a Slack and a PagerDuty, and what an operator does with it. */
export class RunningAlerts {
  private constructor(
    readonly bus: EmbeddedBus,
    readonly database: FreshDatabase,
    readonly slack: SlackDouble,
    readonly pagerDuty: PagerDutyDouble,
    private running: RunningService,
    private readonly variables: Record<string, string>,
  ) {}

  static async start(variables: Record<string, string> = {}): Promise<RunningAlerts> {
    const database = await freshDatabase();
    const bus = new EmbeddedBus();
    const all = {
      DATABASE_URL: database.url,
      PORT: '0',
      LOG_LEVEL: 'silent',
      OPERATOR_TOKEN: OPERATOR,
      SERVICE_TOKEN: 'service-token-of-the-test',
      SECRETS_KEY: Buffer.alloc(32, 7).toString('base64'),
      DEPLOYER_URL: DEPLOYER,
      ALERTS_INTERNAL_HOSTS: '127.0.0.1',
      ALERTS_FIRST_RETRY_MS: '20',
      ALERTS_CALL_TIMEOUT_MS: '2000',
      ...variables,
    };
    const running = await startService(service, { bus, cache: new InProcessCache(), environment: all });
    const [slack, pagerDuty] = await Promise.all([SlackDouble.start(), PagerDutyDouble.start()]);
    return new RunningAlerts(bus, database, slack, pagerDuty, running, all);
  }

  async stop(): Promise<void> {
    await this.running.stop();
    await Promise.all([this.bus.close(), this.slack.stop(), this.pagerDuty.stop()]);
    await this.database.drop();
  }

  /** As after a deployment: another process takes over what is in the database. */
  async restart(): Promise<void> {
    await this.running.stop();
    this.running = await startService(service, {
      ...{ bus: this.bus, cache: new InProcessCache(), environment: this.variables },
    });
  }

  /** A further replica. */
  replica(): Promise<RunningService> {
    const runtime = { bus: new EmbeddedBus(), cache: new InProcessCache(), environment: this.variables };
    return startService(service, runtime);
  }

  call(method: 'get' | 'post' | 'put' | 'delete', path: string): request.Test {
    return request(this.running.url)[method](`/v1/alerts/${path}`).set('authorization', `Bearer ${OPERATOR}`);
  }

  async put(path: string, document: object): Promise<{ secret: string | null; version: number }> {
    const answer = await this.call('put', path)
      .set('if-none-match', '*')
      .send({ ...document, reason: 'the test asks' })
      .expect(200);
    return answer.body as { secret: string | null; version: number };
  }

  async slackChannel(name: string, more: object = {}): Promise<void> {
    const settings = { kind: 'slack', conversation: '#releases', apiUrl: this.slack.apiUrl };
    await this.put(`channels/${name}`, { settings, secret: this.slack.token, ...more });
  }

  async pagerDutyChannel(name: string, more: object = {}): Promise<void> {
    const settings = { kind: 'pagerduty', eventsUrl: this.pagerDuty.http.url };
    await this.put(`channels/${name}`, { settings, secret: this.pagerDuty.routingKey, ...more });
  }

  async route(name: string, channels: readonly string[], more: object = {}): Promise<void> {
    await this.put(`routes/${name}`, { channels, ...more });
  }

  async deliveries(query = ''): Promise<AlertDelivery[]> {
    const { body } = await this.call('get', `deliveries?limit=200${query}`).expect(200);
    return (body as { items: AlertDelivery[] }).items;
  }

  async delivery(id: string): Promise<AlertDeliveryDetail> {
    return (await this.call('get', `deliveries/${id}`).expect(200)).body as AlertDeliveryDetail;
  }

  /** The deliveries that fit `query`, newest first, once there are some and nothing is left to do about them. */
  settled(query: string): Promise<AlertDelivery[]> {
    return eventually(
      async () => {
        const found = await this.deliveries(query);
        return found.length > 0 && found.every(({ finishedAt }) => finishedAt !== null) && found;
      },
      { timeoutMs: 20_000 },
    );
  }

  async tell<Type extends EventType>(
    type: Type,
    data: EventData<Type>,
    more: Partial<CloudEvent> = {},
  ): Promise<CloudEvent> {
    const event = { ...newEvent(type, data, { source: 'croupier/test' }), ...more };
    await this.bus.publish([event]);
    return event;
  }
}

export function newRelease(game: string, version = '1.2.0') {
  return { releaseId: randomUUID() as ReleaseId, provider: 'acme', game, version };
}

export function rolledBack(release: ReturnType<typeof newRelease>) {
  const reason = 'more than 1 % of <requests> fail & players notice';
  return { ...release, stableVersion: '1.1.0', reason, evidence: [], flags: [] };
}

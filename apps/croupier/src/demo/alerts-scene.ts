import { setTimeout as delay } from 'node:timers/promises';
import { AlertDeliveryPage, type AlertDelivery, type ReleaseView } from '@croupier/contracts';
import type { ApiClient } from '../platform/api-client';
import { AlertReceivers } from './alert-receivers';
import { GAME, PROVIDER } from './demo-options';
import type { Narrator } from './narrator';
import type { Place } from './place';

/** Slack and PagerDuty are down that long, from the first attempt to reach them. */
const OUTAGE_MS = 60_000;
const DEADLINE_MS = OUTAGE_MS + 60_000;
const LOOK_EVERY_MS = 200;

/** What people got of one rollback. */
export interface ToldRollback {
  /** Attempts that failed, because Slack and PagerDuty were down. */
  readonly failedAttempts: number;
  /** Messages without a thread to answer in, and all of them. */
  readonly slackThreads: number;
  readonly slackMessages: number;
  /** What PagerDuty was told, in its order. */
  readonly pagerDuty: readonly string[];
}

export interface AlertsOutcome {
  /** By version. */
  readonly alerts: Readonly<Record<string, ToldRollback>>;
  /** From the first attempt, which failed, to the first that was answered. */
  readonly alertOutageSeconds: number | null;
}

/** Every rollback comes to Slack as one thread and to PagerDuty as one incident that resolves, although both are down for the first minute. */
export class AlertsScene {
  private readonly told: Promise<readonly [version: string, ToldRollback]>[] = [];

  private constructor(
    private readonly url: string,
    private readonly api: ApiClient,
    private readonly receivers: AlertReceivers,
  ) {}

  static async start(alertsUrl: string, api: ApiClient, place: Place): Promise<AlertsScene> {
    const receivers = await AlertReceivers.start(OUTAGE_MS, place);
    const scene = new AlertsScene(`${alertsUrl}/v1/alerts`, api, receivers);
    await scene.put('channels/slack', {
      settings: { kind: 'slack', conversation: '#releases', apiUrl: `${receivers.url}/api/` },
      secret: 'xoxb-0000000000-of-the-demo',
    });
    await scene.put('channels/pagerduty', {
      settings: { kind: 'pagerduty', eventsUrl: receivers.url },
      secret: 'd'.repeat(32),
    });
    await scene.put('routes/rollbacks', {
      match: { severity: 'critical', subjects: [`${PROVIDER}/${GAME}`] },
      channels: ['slack', 'pagerduty'],
    });
    return scene;
  }

  /** After the rollback of a release. What people hear of it is followed beside what the demo does next. */
  play(release: ReleaseView, narrator: Narrator): void {
    if (this.told.length === 0) narrator.say('  Slack and PagerDuty are down for a minute');
    const told = this.follow(release, narrator);
    // Waited for at the end: until then a failure of it must not end the process.
    told.catch(() => undefined);
    this.told.push(told);
  }

  /** When people have heard of every rollback. */
  async finish(): Promise<AlertsOutcome> {
    const alerts = Object.fromEntries(await Promise.all(this.told));
    return { alerts, alertOutageSeconds: this.receivers.outageSeconds };
  }

  async stop(): Promise<void> {
    await this.receivers.stop();
  }

  private async follow(
    { id, version }: ReleaseView,
    narrator: Narrator,
  ): Promise<readonly [version: string, ToldRollback]> {
    const deliveries = await this.until(
      id,
      (found) => found.length === 4 && found.every(({ state }) => state === 'delivered'),
    );
    const first = this.receivers.posts.filter(
      ({ text, threadTs }) => threadTs === null && text.includes(version),
    );
    const thread = this.receivers.posts.filter(
      ({ ts, threadTs }) => ts === first[0]?.ts || threadTs === first[0]?.ts,
    );
    const told = {
      failedAttempts: deliveries.reduce((sum, { attempts }) => sum + attempts - 1, 0),
      slackThreads: first.length,
      slackMessages: thread.length,
      pagerDuty: this.receivers.pages
        .filter(({ key }) => key === `release:${id}`)
        .map(({ action }) => action),
    };
    narrator.say(
      `  ${version}: told in ${told.slackThreads} Slack thread of ${told.slackMessages} messages, ` +
        `to PagerDuty: ${told.pagerDuty.join(', ')}; ${told.failedAttempts} attempts failed before`,
    );
    return [version, told];
  }

  private async until(
    releaseId: string,
    reached: (deliveries: readonly AlertDelivery[]) => boolean,
  ): Promise<readonly AlertDelivery[]> {
    const deadline = Date.now() + DEADLINE_MS;
    for (;;) {
      const answer = await this.api.get(`${this.url}/deliveries?releaseId=${releaseId}`);
      const { items } = AlertDeliveryPage.parse(answer);
      if (reached(items)) return items;
      if (Date.now() > deadline) {
        const states = items.map(({ channel, state, detail }) => `${channel} ${state} ${detail ?? ''}`);
        throw new Error(`The rollback was not told after ${DEADLINE_MS / 1000} s: ${states.join('; ')}`);
      }
      await delay(LOOK_EVERY_MS);
    }
  }

  private async put(path: string, document: object): Promise<void> {
    const order = { ...document, reason: 'for the demo' };
    await this.api.put(`${this.url}/${path}`, order, { 'if-none-match': '*' });
  }
}

/** One thread and one incident for each rollback, and the first one came through an outage. */
export function alertsHeld(
  { alerts, alertOutageSeconds }: AlertsOutcome,
  versions: readonly string[],
): boolean {
  const each = versions.map((version) => alerts[version]);
  return (
    each.every(
      (told) =>
        told?.slackThreads === 1 &&
        told.slackMessages === 2 &&
        told.pagerDuty.join(' ') === 'trigger resolve',
    ) &&
    (each[0]?.failedAttempts ?? 0) >= 2 &&
    (alertOutageSeconds ?? 0) * 1000 >= OUTAGE_MS
  );
}

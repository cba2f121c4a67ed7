import { setTimeout as sleep } from 'node:timers/promises';
import { PROVIDER, type Catalogue, type Version } from './catalogue';
import type { Random } from './random';
import { headersOf, type Intent, type Knowledge, type Webhook } from './webhook';

const ATTEMPT_TIMEOUT_MS = 15_000;
const RETRY_MS = { low: 100, high: 1_500 };
/** Providers that wait for answers at once, at most. */
const MAX_UNDER_WAY = 400;
/** One in so many webhooks is of a version that is released; the others are prereleases, which are registered alone. */
const RELEASED_ONE_IN = 10;
const RELEASED_GAMES = 3;
const REGISTERED_GAMES = 20;
const FLOOD_COPIES = 300;

const INTENTS: readonly { readonly intent: Intent; readonly weight: number }[] = [
  { intent: 'genuine', weight: 84 },
  { intent: 'impatient', weight: 6 },
  { intent: 'wrong-signature', weight: 3 },
  { intent: 'wrong-payload', weight: 3 },
  { intent: 'stale', weight: 2 },
  { intent: 'id-reused', weight: 2 },
];

export interface Sent {
  readonly webhook: Webhook;
  knowledge: Knowledge;
}

export interface TrafficFigures {
  attempts: number;
  /** Attempts by what came of them: the status, or `none` when no answer came. */
  answers: Record<string, number>;
}

/** A provider that sends webhooks: in no order, some of them ten times at once, and again when it hears no 202. */
export class Traffic {
  readonly sent: Sent[] = [];
  readonly figures: TrafficFigures = { attempts: 0, answers: {} };
  private readonly underWay = new Set<Promise<void>>();
  private count = 0;
  private over = false;

  constructor(
    private readonly random: Random,
    private readonly catalogue: Catalogue,
    private readonly aggregators: readonly string[],
    private readonly secret: string,
  ) {}

  /** Sends until `stop`; resolves when every provider has heard what it waits for. */
  async run(ratePerSecond: number): Promise<void> {
    while (!this.over) {
      if (this.underWay.size < MAX_UNDER_WAY) this.send(this.next());
      await sleep((1000 / ratePerSecond) * this.random.between(0.2, 1.8));
    }
    await Promise.all(this.underWay);
  }

  stop(): void {
    this.over = true;
  }

  /** One webhook, so often and so fast that the aggregator's queue is full. */
  flood(): void {
    for (let copy = 0; copy < FLOOD_COPIES; copy += 1) this.send(this.webhookOf('impatient', 1));
  }

  private next(): Webhook {
    const { intent } = this.random.pickWeighted(INTENTS);
    return this.webhookOf(intent, intent === 'genuine' && this.random.chance(0.1) ? 10 : 1);
  }

  private webhookOf(intent: Intent, copies: number): Webhook {
    const version = this.nextVersion();
    const accepted = this.sent.filter(({ knowledge }) => knowledge === 'accepted').at(-1);
    const reused = intent === 'id-reused' ? accepted?.webhook.id : undefined;
    return {
      id: reused ?? `msg_${this.count}`,
      intent: intent === 'id-reused' && !reused ? 'wrong-payload' : intent,
      version,
      body: this.bodyOf(version, intent === 'wrong-payload' || (intent === 'id-reused' && !reused)),
      copies,
    };
  }

  /** Each version once, and the later ones not always after the earlier ones. */
  private nextVersion(): Version {
    this.count += 1;
    const number = this.count;
    return number % RELEASED_ONE_IN === 0
      ? { game: `released-${number % RELEASED_GAMES}`, version: `1.${number}.0` }
      : { game: `registered-${number % REGISTERED_GAMES}`, version: `1.0.0-rc.${number}` };
  }

  private bodyOf(version: Version, wrong: boolean): string {
    return JSON.stringify({
      type: 'game.updated',
      timestamp: new Date().toISOString(),
      data: {
        ...version,
        ...(wrong ? { version: `v${version.version}` } : {}),
        manifestUrl: this.catalogue.manifestUrl(version),
        manifestSha256: this.catalogue.manifestSha256(version),
      },
    });
  }

  private send(webhook: Webhook): void {
    const sent: Sent = { webhook, knowledge: 'refused' };
    this.sent.push(sent);
    // Swapped with what is sent meanwhile.
    const delayMs = this.random.chance(0.2) ? this.random.between(0, 3_000) : 0;
    const repeats = webhook.intent === 'genuine' && this.random.chance(0.05);
    const retryMs = (): number => this.random.between(RETRY_MS.low, RETRY_MS.high);
    const sending = (async () => {
      await sleep(delayMs);
      await Promise.all(Array.from({ length: webhook.copies }, () => this.deliver(sent, retryMs)));
      if (!repeats) return;
      await sleep(this.random.between(2_000, 15_000));
      await this.deliver(sent, retryMs);
    })().finally(() => this.underWay.delete(sending));
    this.underWay.add(sending);
  }

  private async deliver(sent: Sent, retryMs: () => number): Promise<void> {
    const { webhook } = sent;
    for (;;) {
      const answer = await this.attempt(webhook);
      if (answer === 'accepted') {
        sent.knowledge = 'accepted';
        return;
      }
      // What one attempt left open stays open, whatever the next one is told.
      if (answer === 'unknown' && sent.knowledge === 'refused') sent.knowledge = 'unknown';
      const isFinal = answer === 'refused-for-good';
      if (isFinal || webhook.intent === 'impatient') return;
      await sleep(retryMs());
    }
  }

  private async attempt(
    webhook: Webhook,
  ): Promise<'accepted' | 'refused-for-good' | 'refused-for-now' | 'unknown'> {
    const url = `${this.random.pick(this.aggregators)}/v1/webhooks/${PROVIDER}`;
    this.figures.attempts += 1;
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: headersOf(webhook, this.secret),
        body: webhook.body,
        signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS),
      });
      const problem = (await answer.json()) as { type?: string };
      const slug = problem.type?.split('/').at(-1);
      this.countAnswer(answer.status === 202 ? '202' : `${answer.status} ${slug}`);
      if (answer.status === 202) return 'accepted';
      if (answer.status < 500) return 'refused-for-good';
      return slug === 'too-busy' ? 'refused-for-now' : 'unknown';
    } catch {
      this.countAnswer('none');
      return 'unknown';
    }
  }

  private countAnswer(answer: string): void {
    this.figures.answers[answer] = (this.figures.answers[answer] ?? 0) + 1;
  }
}

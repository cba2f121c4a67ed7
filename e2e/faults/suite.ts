import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeadLetterPage, SERVICE_NAMES, CONSUMERS } from '@croupier/contracts';
import { Catalogue, PROVIDER } from './catalogue';
import { Effects } from './effects';
import { faultsOf } from './faults';
import { Installation, NAMESPACE, OPERATOR_TOKEN } from './installation';
import type { FaultOptions } from './options';
import { Random } from './random';
import { Traffic } from './traffic';
import { isClean, judge, type Verdict } from './verdict';

/** Between the end of one fault and the next. */
const CALM_MS = { low: 500, high: 4_000 };
const SETTLE_DEADLINE_MS = 240_000;
const LOOK_INTERVAL_MS = 500;
/** Nothing more happens when nothing has for so long. */
const QUIET_MS = 10_000;

export interface FaultReport extends Verdict {
  readonly ok: boolean;
  readonly seed: number;
  readonly minutes: number;
  readonly figures: Readonly<Record<string, number>>;
  readonly answers: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
}

/**
 * Breaks things while providers send webhooks, and counts in the end what became of each.
 * @param signal ends it before that; nothing is left running either way
 */
export async function runFaults(
  options: FaultOptions,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<FaultReport> {
  const directory = await mkdtemp(join(tmpdir(), 'croupier-faults-'));
  tell(`Logs and data are in ${directory}.`);
  const catalogue = await Catalogue.open();
  const installation = await Installation.start(directory);
  const types = ['artifact.registered', 'release.queued'] as const;
  const effects = await Effects.watch(installation.rabbit.url, NAMESPACE, types);
  try {
    const suite = new FaultSuite(options, tell, installation, catalogue, effects);
    const running = createProvider(installation.urlOf('aggregator')).then((secret) => suite.run(secret));
    return await Promise.race([running, rejectionBy(signal)]);
  } finally {
    await Promise.allSettled([effects.close(), installation.stop(), catalogue.close()]);
    if (!options.keep) await rm(directory, { recursive: true, force: true });
  }
}

class FaultSuite {
  private readonly struck: Record<string, number> = {};
  private deadLetters = 0;

  constructor(
    private readonly options: FaultOptions,
    private readonly tell: (line: string) => void,
    private readonly installation: Installation,
    private readonly catalogue: Catalogue,
    private readonly effects: Effects,
  ) {}

  async run(secret: string): Promise<FaultReport> {
    const { seed, minutes, rate } = this.options;
    const random = new Random(seed);
    const urls = this.installation.of('aggregator').map(({ process }) => process.url);
    const traffic = new Traffic(random.fork(), this.catalogue, urls, secret);
    const sending = traffic.run(rate);
    await this.strike(traffic, random.fork(), performance.now() + minutes * 60_000);
    traffic.stop();
    this.tell('No more faults. Every webhook that is not answered yet goes on.');
    await Promise.all(this.installation.replicas.map(({ process }) => process.ready()));
    await sending;
    const settlingSince = performance.now();
    await this.settled(traffic);
    const verdict = judge(traffic.sent, this.effects);
    return {
      ok: isClean(verdict),
      seed,
      minutes,
      ...verdict,
      figures: this.figures(traffic, (performance.now() - settlingSince) / 1000),
      answers: traffic.figures.answers,
      faults: this.struck,
    };
  }

  private async strike(traffic: Traffic, random: Random, untilMs: number): Promise<void> {
    const faults = faultsOf(this.installation, traffic, random);
    while (performance.now() < untilMs) {
      await sleep(random.between(CALM_MS.low, CALM_MS.high));
      const fault = random.pickWeighted(faults);
      this.struck[fault.name] = (this.struck[fault.name] ?? 0) + 1;
      this.tell(
        `${fault.name}; ${traffic.sent.length} webhooks, ${this.effects.total('artifact.registered')} registered`,
      );
      await fault.strike();
    }
  }

  /** Waits for what is on its way, and replays dead letters as an operator would. */
  private async settled(traffic: Traffic): Promise<void> {
    const deadline = performance.now() + SETTLE_DEADLINE_MS;
    let quietSince = performance.now();
    let before = '';
    while (performance.now() < deadline) {
      await sleep(LOOK_INTERVAL_MS);
      const replayed = await this.replayDeadLetters();
      const depths = await this.installation.rabbit.depths();
      if (depths === null) continue;
      const waiting = [...depths].filter(([queue, depth]) => queue.startsWith(NAMESPACE) && depth > 0);
      const { lost } = judge(traffic.sent, this.effects);
      const now = JSON.stringify([waiting, lost.length]);
      if (now !== before || replayed > 0) quietSince = performance.now();
      before = now;
      const quiet = performance.now() - quietSince > QUIET_MS;
      if (waiting.length === 0 && lost.length === 0 && quiet) return;
    }
    this.tell(`Not settled within ${SETTLE_DEADLINE_MS / 1000} s: ${before}`);
  }

  private async replayDeadLetters(): Promise<number> {
    let replayed = 0;
    for (const service of SERVICE_NAMES.filter((name) => CONSUMERS[name].length > 0)) {
      const url = `${this.installation.urlOf(service)}/v1/dead-letters`;
      const headers = { authorization: `Bearer ${OPERATOR_TOKEN}`, 'content-type': 'application/json' };
      const { deadLetters } = DeadLetterPage.parse(await (await fetch(url, { headers })).json());
      for (const { id, type, error } of deadLetters) {
        this.tell(`Replaying ${service}/${id} (${type}): ${error}`);
        const body = JSON.stringify({ reason: 'the fault is over' });
        const answer = await fetch(`${url}/${id}/replay`, { method: 'POST', headers, body });
        if (answer.ok) replayed += 1;
      }
    }
    this.deadLetters += replayed;
    return replayed;
  }

  private figures({ sent, figures }: Traffic, settleSeconds: number): Record<string, number> {
    const count = (knowledge: string): number => sent.filter((one) => one.knowledge === knowledge).length;
    return {
      webhooks: sent.length,
      attempts: figures.attempts,
      accepted: count('accepted'),
      refused: count('refused'),
      genuineRefused: sent.filter(
        ({ knowledge, webhook }) => knowledge === 'refused' && webhook.intent === 'genuine',
      ).length,
      unknown: count('unknown'),
      registered: this.effects.total('artifact.registered'),
      queued: this.effects.total('release.queued'),
      faults: Object.values(this.struck).reduce((sum, times) => sum + times, 0),
      deadLettersReplayed: this.deadLetters,
      crashesOfTheirOwn: this.installation.replicas.reduce((sum, { process }) => sum + process.crashes, 0),
      settleSeconds: Math.round(settleSeconds),
    };
  }
}

async function createProvider(aggregatorUrl: string): Promise<string> {
  const answer = await fetch(`${aggregatorUrl}/v1/providers/${PROVIDER}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${OPERATOR_TOKEN}`, 'content-type': 'application/json' },
    body: '{}',
  });
  const { secret } = (await answer.json()) as { secret: string };
  return secret;
}

function rejectionBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

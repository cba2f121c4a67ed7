import { freshDatabase } from '@croupier/testing';
import { quantile } from '../order-statistics';
import type { Bench, BenchResult, Ratio } from '../bench';
import { Announcements } from './announcements';
import { plainInsertRate } from './insert-limit';
import { ask, questionsOf } from './questions';
import { RegistryProcess } from './registry-process';
import { marketOf, seedCatalogue, type CatalogueSize } from './seed';

interface Plan extends CatalogueSize {
  readonly asks: number;
  readonly warmUp: number;
  readonly registrations: number;
  readonly limitSeconds: number;
}

const FULL: Plan = {
  games: 5_000,
  versions: 20,
  markets: 30,
  asks: 2_000,
  warmUp: 200,
  registrations: 5_000,
  limitSeconds: 4,
};
const SMOKE: Plan = {
  games: 200,
  versions: 20,
  markets: 10,
  asks: 100,
  warmUp: 20,
  registrations: 200,
  limitSeconds: 1,
};

const ANSWER_GOAL_MS = 20;
const REGISTRATIONS_GOAL_PER_MINUTE = 10_000;

/** The registry over HTTP, on PostgreSQL, with the catalogue of a large platform; then new versions, fetched and checked. */
export const registryBench: Bench = {
  name: 'registry',
  description: 'answers over 5,000 games x 20 versions x 30 markets, and versions registered a minute',
  async run({ smoke }): Promise<BenchResult> {
    const plan = smoke ? SMOKE : FULL;
    const database = await freshDatabase();
    try {
      return await measure(database.url, plan);
    } finally {
      await database.drop();
    }
  },
};

async function measure(databaseUrl: string, plan: Plan): Promise<BenchResult> {
  const announcements = new Announcements();
  await announcements.open();
  const registry = await RegistryProcess.start(databaseUrl);
  try {
    await seedCatalogue(databaseUrl, plan);
    const figures: Record<string, number> = {};
    const ratios: Ratio[] = [];
    const questions = Object.entries(questionsOf(plan));
    // All of them first: the one that happens to come first would be the only one of a process that has just started.
    for (const [, question] of questions) await ask(registry, question, plan.warmUp);
    for (const [name, question] of questions) {
      await ask(registry, question, plan.warmUp);
      const delays = await ask(registry, question, plan.asks);
      figures[`${name}P50Ms`] = quantile(delays, 0.5);
      figures[`${name}P99Ms`] = quantile(delays, 0.99);
      ratios.push({
        name: `p99 of ${name} over ${ANSWER_GOAL_MS} ms`,
        value: quantile(delays, 0.99) / ANSWER_GOAL_MS,
        goal: { atMost: 1 },
      });
    }
    figures['plainInsertsPerMinute'] = 60 * (await plainInsertRate(databaseUrl, plan.limitSeconds));
    const markets = Array.from({ length: plan.markets }, (_, index) => marketOf(index));
    const events = announcements.of(plan.registrations, markets);
    const startedAt = performance.now();
    await registry.announce(events);
    const perMinute = (plan.registrations / (performance.now() - startedAt)) * 60_000;
    figures['registeredPerMinute'] = perMinute;
    ratios.push({
      name: 'registered a minute over 10,000',
      value: perMinute / REGISTRATIONS_GOAL_PER_MINUTE,
      goal: { atLeast: 1 },
    });
    return { figures, ratios };
  } finally {
    await registry.stop();
    await announcements.close();
  }
}

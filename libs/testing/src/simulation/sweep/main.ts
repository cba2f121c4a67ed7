import { parseArgs } from 'node:util';
import { PLANTED_BUGS, rulesWith, type BugName } from '../planted-bugs';
import { SOUND_RULES } from '../rules';
import { simulate } from '../simulate';
import { bugNamed, type SeedReport } from './seeds';
import { sweep } from './sweep';

/** Enough to find the least obvious of the planted bugs. */
const SEEDS_FOR_A_BUG = 100;
const EVENTS_BEFORE_VIOLATION = 30;

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      threads: { type: 'string', default: '2' },
      bug: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const bug = bugNamed(values.bug);
  if (values.seed !== undefined) return replay(wholeNumber('seed', values.seed), bug);
  const startedAt = performance.now();
  const seeds = wholeNumber('seeds', values.seeds);
  const threads = wholeNumber('threads', values.threads);
  const report = await sweep({ from: wholeNumber('from', values.from), count: seeds, bug }, threads);
  await tell(report, bug);
  const bugsFound = bug === null ? await findPlantedBugs(threads) : {};
  const ok = report.violations.length === 0 && Object.values(bugsFound).every((seed) => seed !== null);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const outcome = { ok, seeds, violations: report.violations, seconds, bugsFound, figures: report.figures };
  if (values.json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
  else process.stdout.write(textOf(outcome));
  process.exitCode = ok ? 0 : 1;
}

/** What went wrong, and what came before it in the first of those worlds. */
async function tell({ violations }: SeedReport, bug: BugName | null): Promise<void> {
  for (const { seed, invariant, detail } of violations)
    process.stderr.write(`seed ${seed}: ${invariant}: ${detail}\n`);
  const [first] = violations;
  if (!first) return;
  const events: string[] = [];
  await simulate(first.seed, rulesOf(bug), (event) => events.push(event));
  process.stderr.write(`${events.slice(-EVENTS_BEFORE_VIOLATION).join('\n')}\n`);
}

/** By each planted bug the first seed that shows it, or null. */
async function findPlantedBugs(threads: number): Promise<Record<string, number | null>> {
  const found: Record<string, number | null> = {};
  for (const bug of Object.keys(PLANTED_BUGS) as BugName[]) {
    const { violations } = await sweep({ from: 1, count: SEEDS_FOR_A_BUG, bug }, threads);
    found[bug] = violations[0]?.seed ?? null;
  }
  return found;
}

async function replay(seed: number, bug: BugName | null): Promise<void> {
  const run = await simulate(seed, rulesOf(bug), (event) => process.stdout.write(`${event}\n`));
  process.stdout.write(`${JSON.stringify({ ok: run.violation === null, ...run })}\n`);
  process.exitCode = run.violation === null ? 0 : 1;
}

function rulesOf(bug: BugName | null): typeof SOUND_RULES {
  return bug === null ? SOUND_RULES : rulesWith(bug);
}

interface Outcome {
  readonly seeds: number;
  readonly seconds: number;
  readonly violations: readonly object[];
  readonly figures: Readonly<Record<string, number>>;
  readonly bugsFound: Readonly<Record<string, number | null>>;
}

function textOf({ seeds, seconds, violations, figures, bugsFound }: Outcome): string {
  const lines = Object.entries({ ...figures, ...bugsFound }).map(
    ([name, value]) => `  ${name.padEnd(28)} ${value ?? 'NOT found'}`,
  );
  return `${seeds} seeds in ${seconds} s, ${violations.length} violations\n${lines.join('\n')}\n`;
}

function wholeNumber(name: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new Error(`--${name} must be a whole number, not ${text}`);
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});

import { parseArgs } from 'node:util';
import { PLANTED_BUGS, rulesWith, type BugName } from '../planted-bugs';
import { SOUND_RULES, type Rules } from '../rules';
import { simulate } from '../simulate';
import { areTooMany } from './false-alarms';
import { bugNamed, type SeedReport, type SeedViolation } from './seeds';
import { sweep } from './sweep';

/** Enough to find the least obvious of the planted bugs. */
const SEEDS_FOR_A_BUG = 500;
const EVENTS_BEFORE_VIOLATION = 30;
const VIOLATIONS_TOLD = 20;

type Bugs = Record<string, Pick<SeedViolation, 'seed' | 'invariant'> | null>;

interface Outcome {
  readonly ok: boolean;
  readonly seeds: number;
  readonly report: SeedReport;
  readonly bugs: Bugs;
  readonly seconds: number;
}

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
  const threads = wholeNumber('threads', values.threads);
  const seeds = wholeNumber('seeds', values.seeds);
  const range = { from: wholeNumber('from', values.from), count: seeds, bug };
  const report = await sweep(range, { threads, toTheEnd: true });
  if (bug === null) await tell(report);
  const bugs = bug === null ? await findPlantedBugs(threads) : { [bug]: firstOf(report) };
  const isSound = bug !== null || isClean(report);
  const ok = isSound && Object.values(bugs).every((found) => found !== null);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const outcome = { ok, seeds, report, bugs, seconds };
  process.stdout.write(values.json ? `${JSON.stringify(jsonOf(outcome))}\n` : textOf(outcome));
  process.exitCode = ok ? 0 : 1;
}

function isClean({ violations, figures }: SeedReport): boolean {
  return violations.length === 0 && !areTooMany(figures.goodBreached, figures.goodJudged);
}

/** What went wrong, and what came before it in the first of those worlds. */
async function tell({ violations, figures }: SeedReport): Promise<void> {
  for (const { seed, invariant, detail } of violations.slice(0, VIOLATIONS_TOLD))
    process.stderr.write(`seed ${seed}: ${invariant}: ${detail}\n`);
  const { goodBreached, goodJudged } = figures;
  if (areTooMany(goodBreached, goodJudged))
    process.stderr.write(`${goodBreached} of ${goodJudged} good versions were found in breach\n`);
  const [first] = violations;
  if (!first) return;
  const events: string[] = [];
  await simulate(first.seed, SOUND_RULES, (event) => events.push(event));
  process.stderr.write(`${events.slice(-EVENTS_BEFORE_VIOLATION).join('\n')}\n`);
}

/** By each planted bug the first seed that shows it, and what it breaks. */
async function findPlantedBugs(threads: number): Promise<Bugs> {
  const bugs: Bugs = {};
  for (const bug of Object.keys(PLANTED_BUGS) as BugName[])
    bugs[bug] = firstOf(await sweep({ from: 1, count: SEEDS_FOR_A_BUG, bug }, { threads, toTheEnd: false }));
  return bugs;
}

function firstOf({ violations: [first] }: SeedReport): Bugs[string] {
  return first ? { seed: first.seed, invariant: first.invariant } : null;
}

/** One world, event by event. */
async function replay(seed: number, bug: BugName | null): Promise<void> {
  const rules: Rules = bug === null ? SOUND_RULES : rulesWith(bug);
  const run = await simulate(seed, rules, (event) => process.stdout.write(`${event}\n`));
  process.stdout.write(`${JSON.stringify({ ok: run.violation === null, ...run })}\n`);
  process.exitCode = run.violation === null ? 0 : 1;
}

function jsonOf({ ok, seeds, report: { violations, figures }, bugs, seconds }: Outcome): object {
  const found = violations.slice(0, VIOLATIONS_TOLD);
  return { ok, seeds, violations: violations.length, ...figures, seconds, bugs, found };
}

function textOf({ seeds, report: { violations, figures }, bugs, seconds }: Outcome): string {
  const figureLines = Object.entries(figures).map(([name, value]) => `  ${name.padEnd(24)} ${value}`);
  const bugLines = Object.entries(bugs).map(([name, found]) => {
    const how = found ? `seed ${found.seed}: ${found.invariant}` : 'NOT found';
    return `  ${name.padEnd(24)} ${how}`;
  });
  return [
    `${seeds} seeds, ${violations.length} violations, ${seconds} s`,
    ...figureLines,
    'Planted bugs, and what gave them away:',
    ...bugLines,
    '',
  ].join('\n');
}

function wholeNumber(name: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new Error(`--${name} must be a whole number, not ${text}`);
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});

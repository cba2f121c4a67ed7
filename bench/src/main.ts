import { reached, type Bench, type BenchResult } from './bench';
import { evidenceBench } from './evidence-bench';
import { ingestBench } from './ingest/ingest-bench';
import { routingBench } from './routing-bench';

const BENCHES: readonly Bench[] = [routingBench, evidenceBench, ingestBench];

async function main(args: readonly string[]): Promise<void> {
  const json = args.includes('--json');
  const names = args.filter((arg) => !arg.startsWith('-'));
  const unknown = names.filter((name) => !BENCHES.some((bench) => bench.name === name));
  if (unknown.length > 0) throw new Error(`There is no bench ${unknown.join(', ')}. ${usage()}`);
  const chosen = BENCHES.filter(({ name }) => names.length === 0 || names.includes(name));
  const results: Record<string, BenchResult> = {};
  for (const bench of chosen) {
    results[bench.name] = await bench.run();
    if (!json) process.stdout.write(tableOf(bench, results[bench.name]!));
  }
  const ok = Object.values(results).every(({ ratios }) => ratios.every(reached));
  if (json) process.stdout.write(`${JSON.stringify({ ok, benches: results })}\n`);
  process.exitCode = ok ? 0 : 1;
}

function usage(): string {
  return `There are: ${BENCHES.map(({ name, description }) => `${name} (${description})`).join(', ')}.`;
}

function tableOf({ name, description }: Bench, { figures, ratios }: BenchResult): string {
  const lines = Object.entries(figures).map(
    ([figure, value]) => `  ${figure.padEnd(36)} ${Math.round(value)}`,
  );
  const goals = ratios.map((ratio) => {
    const goal = 'atLeast' in ratio.goal ? `at least ${ratio.goal.atLeast}` : `at most ${ratio.goal.atMost}`;
    return `  ${ratio.name.padEnd(36)} ${ratio.value.toFixed(2)} (${goal}: ${reached(ratio) ? 'reached' : 'NOT reached'})`;
  });
  return `${name}: ${description}\n${[...lines, ...goals].join('\n')}\n`;
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});

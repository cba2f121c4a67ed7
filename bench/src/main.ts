import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { reached, type Bench, type BenchResult } from './bench';
import { cacheBench } from './cache/cache-bench';
import { consoleBench } from './console/console-bench';
import { decisionBench } from './decision/decision-bench';
import { evidenceBench } from './evidence-bench';
import { flagsBench } from './flags/flags-bench';
import { gatewayBench } from './gateway/gateway-bench';
import { ingestBench } from './ingest/ingest-bench';
import { migrateBench } from './migrate/migrate-bench';
import { registryBench } from './registry/registry-bench';
import { routingBench } from './routing-bench';
import { scaleBench } from './scale/scale-bench';

const BENCHES: readonly Bench[] = [
  routingBench,
  evidenceBench,
  decisionBench,
  scaleBench,
  ingestBench,
  cacheBench,
  registryBench,
  flagsBench,
  gatewayBench,
  migrateBench,
  consoleBench,
];

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      svg: { type: 'string' },
    },
    allowPositionals: true,
  });
  const unknown = positionals.filter((name) => !BENCHES.some((bench) => bench.name === name));
  if (unknown.length > 0) throw new Error(`There is no bench ${unknown.join(', ')}. ${usage()}`);
  const chosen = BENCHES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const results: Record<string, BenchResult> = {};
  for (const bench of chosen) {
    const result = await bench.run({ smoke: values.smoke });
    results[bench.name] = result;
    if (!values.json) process.stdout.write(textOf(bench, result));
    if (values.svg !== undefined && result.drawing) writeFileSync(values.svg, result.drawing());
  }
  const ok = Object.values(results).every(({ ratios }) => ratios.every(reached));
  if (values.json) process.stdout.write(`${JSON.stringify({ ok, benches: results })}\n`);
  process.exitCode = ok ? 0 : 1;
}

function usage(): string {
  return `There are: ${BENCHES.map(({ name, description }) => `${name} (${description})`).join(', ')}.`;
}

function textOf({ name, description }: Bench, { figures, ratios, table }: BenchResult): string {
  const lines = table
    ? [table()]
    : Object.entries(figures).map(([figure, value]) => `  ${figure.padEnd(36)} ${Math.round(value)}`);
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

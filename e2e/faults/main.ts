import { Logger } from '@nestjs/common';
import { faultOptions } from './options';
import { runFaults, type FaultReport } from './suite';

async function main(args: readonly string[]): Promise<void> {
  const options = faultOptions(args);
  // Of the suite's own connections; the services' logs are files.
  Logger.overrideLogger(false);
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => interruption.abort(new Error(`Ended by ${signal}`)));
  const startedAt = performance.now();
  const tell = (line: string): void => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6);
    process.stderr.write(`${seconds} s  ${line}\n`);
  };
  const report = await runFaults(options, tell, interruption.signal);
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : textOf(report));
  process.exitCode = report.ok ? 0 : 1;
}

function textOf(report: FaultReport): string {
  const table = (figures: Readonly<Record<string, number>>): string =>
    Object.entries(figures)
      .map(([name, value]) => `  ${name.padEnd(36)} ${value}\n`)
      .join('');
  const problems = (['lost', 'doubled', 'unwanted'] as const).flatMap((kind) =>
    report[kind].slice(0, 20).map((name) => `  ${kind}: ${name}\n`),
  );
  return (
    `${table(report.figures)}answers\n${table(report.answers)}faults\n${table(report.faults)}${problems.join('')}` +
    `seed ${report.seed}: ${report.lost.length} lost, ${report.doubled.length} doubled, ` +
    `${report.unwanted.length} effects of refused webhooks\n`
  );
}

main(process.argv.slice(2)).then(
  // Something left open must not keep a finished suite from ending.
  () => process.exit(),
  (error: Error) => {
    process.stderr.write(`${error.stack ?? error.message}\n`);
    process.exit(1);
  },
);

import { fstatSync } from 'node:fs';
import { GatewayClient } from './gateway/gateway-client';
import { type Options, parseOptions, USAGE } from './options';
import { Crowd } from './play/crowd';
import { type SecondLine, type SummaryLine, Tally } from './tally/tally';

function print(line: SecondLine | SummaryLine, then?: () => void): void {
  process.stdout.write(`${JSON.stringify(line)}\n`, then);
}

function run(options: Options): void {
  const tally = new Tally();
  const gateway = new GatewayClient(options);
  const crowd = new Crowd(options, gateway, tally);
  let seconds = 0;
  const everySecond = setInterval(() => print(tally.takeSecond(++seconds, crowd.requestsInFlight)), 1_000);

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    // Every request has its own timeout, so this ends.
    await crowd.stop();
    clearInterval(everySecond);
    await gateway.close();
    print(tally.summary(seconds), () => process.exit(0));
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());
  if (isPipe(0)) process.stdin.on('end', () => void stop()).resume();
  crowd.start();
}

/** A parent that closes our stdin wants us to end. At /dev/null it ends at once and means nothing. */
function isPipe(descriptor: number): boolean {
  const stat = fstatSync(descriptor);
  return stat.isFIFO() || stat.isSocket();
}

try {
  run(parseOptions(process.argv.slice(2), process.env));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
  process.exit(2);
}

import { once } from 'node:events';
import { playDemo, type DemoOutcome } from './checks/demo';
import { unhardened } from './checks/hardening';
import { observation, type Observation } from './checks/observation';
import { ComposeFile } from './compose-file';
import { DockerEngine } from './engines/docker-engine';
import type { Engine } from './engines/engine';
import { PodmanEngine } from './engines/podman-engine';
import { composeOptions, type ComposeOptions } from './options';
import { Stack } from './stack';

const PROJECT = 'croupier-compose-test';
/** An address of loopback that other installations on this machine leave alone. */
const ADDRESS = '127.0.0.2';
const PROFILES = ['observability'];

interface Verdict {
  readonly ok: boolean;
  readonly engine: Engine['name'];
  readonly healthy: number;
  /** Services of these profiles whose image is not to be had here. */
  readonly leftOut: readonly string[];
  readonly unhardened: readonly string[];
  readonly observation: Observation;
  readonly demo: DemoOutcome;
  readonly secondsToImages: number;
  readonly secondsToHealthy: number;
  readonly seconds: number;
}

function say(line: string): void {
  process.stderr.write(`--- ${line}\n`);
}

async function main(options: ComposeOptions): Promise<Verdict> {
  const file = await ComposeFile.read();
  const engine =
    (await DockerEngine.find(PROJECT)) ?? (await PodmanEngine.start(PROJECT, file, options.state));
  const stack = new Stack(engine, PROFILES, ADDRESS);
  const interrupted = once(process, 'SIGINT').then(() => Promise.reject(new Error('interrupted')));
  const terminated = once(process, 'SIGTERM').then(() => Promise.reject(new Error('terminated')));
  try {
    return await Promise.race([prove(engine, stack, file, options), interrupted, terminated]);
  } catch (error) {
    say(await stack.logs().catch(() => 'there are no logs'));
    throw error;
  } finally {
    await (options.keep ? Promise.resolve() : stack.down()).finally(() => engine.close());
  }
}

async function prove(
  engine: Engine,
  stack: Stack,
  file: ComposeFile,
  { built }: ComposeOptions,
): Promise<Verdict> {
  const started = performance.now();
  const secondsSince = (from: number): number => Math.round((performance.now() - from) / 1000);
  say(`${engine.name}: the images`);
  const leftOut = await engine.provide(file.servicesOf([...PROFILES, 'demo']), built);
  const secondsToImages = secondsSince(started);

  const services = file
    .servicesOf(PROFILES)
    .map(([name]) => name)
    .filter((name) => !leftOut.includes(name));
  say(`up: ${services.join(', ')}`);
  const upAt = performance.now();
  await stack.up(services);
  const containers = await stack.untilHealthy(services);
  const secondsToHealthy = secondsSince(upAt);
  say(`all healthy after ${secondsToHealthy} s`);

  const faults = await unhardened(stack, containers);
  say('the demo');
  const demo = await playDemo(stack);
  const seen = await observation(`http://${stack.address}:9090`);
  return {
    ok: faults.length === 0 && demo.ok && seen.targets > 0 && seen.rules > 0 && seen.alertmanagers === 1,
    engine: engine.name,
    healthy: containers.size,
    leftOut,
    unhardened: faults,
    observation: seen,
    demo,
    ...{ secondsToImages, secondsToHealthy, seconds: secondsSince(started) },
  };
}

main(composeOptions(process.argv.slice(2))).then(
  (verdict) => {
    process.stdout.write(`${JSON.stringify(verdict)}\n`);
    process.exitCode = verdict.ok ? 0 : 1;
  },
  (error: Error) => {
    process.stderr.write(`${error.stack ?? error.message}\n`);
    process.stdout.write(`${JSON.stringify({ ok: false, error: error.message })}\n`);
    process.exitCode = 1;
  },
);

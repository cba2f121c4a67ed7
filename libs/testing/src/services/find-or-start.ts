import { eventually } from '../eventually';
import type { RealService } from './real-service';
import type { SharedState } from './shared-state';

/** A server whose container or process has only just started needs this long to answer, in milliseconds. */
const START_TIMEOUT_MS = 120_000;
/** One that the environment names may be starting too, but is as likely to be named wrongly. */
const GIVEN_TIMEOUT_MS = 30_000;

/**
 * Where `service` is: the address in the environment; else the default port, or where an earlier launch left it;
 * else where the first of its launchers that can has started it. Each way that failed is in the error.
 */
export async function findOrStart(
  service: RealService,
  state: SharedState,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const given = environment[service.variable];
  if (given) {
    const otherwise = `${service.variable} is set, but nothing we can use answers there`;
    return answering(service, given, GIVEN_TIMEOUT_MS, otherwise);
  }

  const found = await runningAddress(service, state);
  if (found.url) return found.url;
  return state.exclusively(async () => {
    const foundMeanwhile = await runningAddress(service, state);
    if (foundMeanwhile.url) return foundMeanwhile.url;
    const reasons = [foundMeanwhile.reason];
    for (const { name, start } of service.launchers) {
      try {
        const url = await answering(service, await start(), START_TIMEOUT_MS, 'started, but does not answer');
        await state.rememberAddress(service.variable, url);
        return url;
      } catch (error) {
        reasons.push(`${name}: ${messageOf(error)}`);
      }
    }
    throw new Error(
      [
        `The tests need ${service.title} and there is none.`,
        ...reasons.map((reason) => `  - ${reason}`),
        `Set ${service.variable}, or run it on its default port, or start Docker with its compose plugin, or run the tests as root on Debian.`,
      ].join('\n'),
    );
  });
}

async function runningAddress(
  service: RealService,
  state: SharedState,
): Promise<{ url: string; reason?: never } | { url?: never; reason: string }> {
  const reasons: string[] = [];
  for (const url of [service.defaultUrl, await state.addressOf(service.variable)]) {
    if (!url) continue;
    try {
      await service.probe(url);
      return { url };
    } catch (error) {
      reasons.push(`${new URL(url).host}: ${messageOf(error)}`);
    }
  }
  return { reason: reasons.join('; ') };
}

async function answering(
  service: RealService,
  url: string,
  timeoutMs: number,
  otherwise: string,
): Promise<string> {
  try {
    await eventually(() => service.probe(url).then(() => true), {
      timeoutMs,
      intervalMs: 250,
    });
    return url;
  } catch (error) {
    throw new Error(`${otherwise}: ${messageOf(error)}`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  const { errors, message } = error as { errors?: readonly unknown[]; message?: string };
  return errors ? errors.map(messageOf).join('; ') : (message ?? String(error));
}

import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { ApiClient } from '../platform/api-client';
import { ChildProgram } from '../platform/child-program';
import { mainProgram } from '../platform/service-package';
import type { Narrator } from './narrator';

const START_DEADLINE_MS = 15_000;
const CHANGE_DEADLINE_MS = 10_000;
const LOOK_MS = 20;
const DEPOSIT_CENTS = 1_000;
/** The flag of the good version, which the engine reads. */
const FLAG = 'bonus-round';

const Listening = z.object({ listening: z.int() });
const Token = z.object({ secret: z.string(), environment: z.string() });
const Environments = z.object({ items: z.array(z.object({ name: z.string() })) });
const Bonus = z.object({ bonusCents: z.int(), process: z.int() });

export interface FlagsOutcome {
  /** What a deposit brought before the promotion, after it, with the flag killed, and with it revived; in cents. */
  readonly bonuses: readonly number[];
  /** From the kill to the first deposit without a bonus. */
  readonly killMs: number;
  readonly restarts: number;
}

/** The bonus engine runs through the whole demo as one process, and does what its flag says at each moment. */
export class FlagsScene {
  private constructor(
    private readonly engine: ChildProgram,
    private readonly engineUrl: string,
    private readonly flagsUrl: string,
    private readonly api: ApiClient,
    private readonly before: z.infer<typeof Bonus>,
  ) {}

  static async start(flagsUrl: string, api: ApiClient): Promise<FlagsScene> {
    // A demo has one environment, which is that of releases.
    const { items } = Environments.parse(await api.get(`${flagsUrl}/v1/flag-environments`));
    const order = {
      name: 'bonus-engine',
      type: 'client',
      environment: items[0]?.name,
      reason: 'for the demo',
    };
    const { secret } = Token.parse(await api.post(`${flagsUrl}/v1/flag-tokens`, order));
    const engine = ChildProgram.start('bonus-engine', mainProgram('@croupier/example-bonus-engine'), [], {
      FLAGS_URL: flagsUrl,
      FLAGS_CLIENT_TOKEN: secret,
    });
    const port = await engine.line(
      (line) => Listening.safeParse(JSON.parse(line)).data?.listening,
      START_DEADLINE_MS,
    );
    const url = `http://127.0.0.1:${port}`;
    return new FlagsScene(engine, url, flagsUrl, api, await deposit(url));
  }

  /** After the promotion, which has turned the flag on. */
  async play(narrator: Narrator): Promise<FlagsOutcome> {
    const promoted = await this.bonusIs((cents) => cents > 0);
    narrator.say(`  the bonus engine pays ${promoted.bonusCents} cents now, and was not restarted`);
    const killedAt = performance.now();
    await this.command('kill', 'the demo shows the kill switch');
    const killed = await this.bonusIs((cents) => cents === 0);
    const killMs = Math.round(performance.now() - killedAt);
    narrator.say(`  an operator kills ${FLAG}: no bonus ${killMs} ms later`);
    await this.command('revive', 'the demo has shown it');
    const revived = await this.bonusIs((cents) => cents > 0);
    const looks = [this.before, promoted, killed, revived];
    return {
      bonuses: looks.map(({ bonusCents }) => bonusCents),
      killMs,
      restarts: new Set(looks.map(({ process }) => process)).size - 1,
    };
  }

  async stop(): Promise<void> {
    await this.engine.stop();
  }

  private async command(name: 'kill' | 'revive', reason: string): Promise<void> {
    await this.api.post(`${this.flagsUrl}/v1/flags/${FLAG}/${name}`, { reason });
  }

  private async bonusIs(isSo: (cents: number) => boolean): Promise<z.infer<typeof Bonus>> {
    const deadline = performance.now() + CHANGE_DEADLINE_MS;
    for (;;) {
      const bonus = await deposit(this.engineUrl);
      if (isSo(bonus.bonusCents)) return bonus;
      if (performance.now() > deadline) throw new Error(`The bonus stays ${bonus.bonusCents} cents`);
      await delay(LOOK_MS);
    }
  }
}

/** Whether the engine has done as its flag said, at once and without a restart. */
export function flagsHeld({ bonuses, restarts }: FlagsOutcome): boolean {
  const [before, promoted, killed, revived] = bonuses;
  return restarts === 0 && before === 0 && promoted! > 0 && killed === 0 && revived! > 0;
}

async function deposit(url: string): Promise<z.infer<typeof Bonus>> {
  const answer = await fetch(`${url}/deposits`, {
    method: 'POST',
    body: JSON.stringify({ player: 'ann', cents: DEPOSIT_CENTS }),
    signal: AbortSignal.timeout(CHANGE_DEADLINE_MS),
  });
  return Bonus.parse(await answer.json());
}

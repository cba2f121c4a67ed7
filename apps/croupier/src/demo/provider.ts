import { freePort } from '@croupier/persistence';
import { z } from 'zod';
import { mainProgram } from '../platform/service-package';
import { ChildProgram } from '../platform/child-program';
import { GAME, MARKETS, PROVIDER, type Shipment } from './demo-options';
import type { Place } from './place';

const START_DEADLINE_MS = 15_000;
const CALL_TIMEOUT_MS = 120_000;

const Listening = z.object({ listening: z.int() });
const Announced = z.object({ status: z.int(), webhookId: z.string(), attempts: z.int() });

/** What a manifest says of where it belongs. */
export interface Shelf {
  readonly game: string;
  readonly markets: readonly string[];
}

/** The example provider, driven through its control API. */
export class DemoProvider {
  private constructor(
    private readonly program: ChildProgram,
    private readonly url: string,
  ) {}

  static async start({ listenOn, reachedAs }: Place): Promise<DemoProvider> {
    const port = await freePort();
    const program = ChildProgram.start('provider', mainProgram('@croupier/example-provider'), [], {
      HOST: listenOn,
      PORT: String(port),
      PUBLIC_URL: `http://${reachedAs}:${port}`,
    });
    await program.line((line) => Listening.safeParse(parsed(line)).data, START_DEADLINE_MS);
    return new DemoProvider(program, `http://127.0.0.1:${port}`);
  }

  async configure(aggregatorUrl: string, secret: string): Promise<void> {
    await this.call('/configure', { aggregatorUrl, provider: PROVIDER, secret });
  }

  /** Builds and publishes the version, then announces it; answers the status of the webhook. */
  async ship(
    { version, release }: Pick<Shipment, 'version' | 'release'>,
    type: 'game.added' | 'game.updated',
    { game, markets }: Shelf = { game: GAME, markets: MARKETS },
  ): Promise<number> {
    await this.call('/publish', { game, version, markets, ...release });
    return Announced.parse(await this.call('/announce', { game, version, type })).status;
  }

  /** Announces that a laboratory has certified the version in these markets; answers the status of the webhook. */
  async certify(game: string, version: string, markets: readonly string[]): Promise<number> {
    return Announced.parse(await this.call('/certify', { game, version, markets })).status;
  }

  async stop(): Promise<void> {
    await this.program.stop();
  }

  private async call(path: string, body: unknown): Promise<unknown> {
    const answer = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`The provider's ${path} answered ${answer.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

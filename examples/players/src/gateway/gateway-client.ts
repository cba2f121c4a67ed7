import { Pool } from 'undici';
import type { Options } from '../options';

/** What the gateway's launch answer is used for here. */
export interface Launch {
  readonly version: string;
  readonly playPath: string;
  readonly sessionToken: string;
}

export interface Answer {
  readonly kind: 'answer';
  readonly status: number;
  /** The version that served, as the gateway names it in `x-croupier-version`. */
  readonly version: string | undefined;
  /** The token that the session goes on with, when its own version was revoked. */
  readonly freshToken: string | undefined;
  /** True when the gateway itself failed, not the game behind it. */
  readonly gatewayFault: boolean;
  readonly latencyMs: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** No answer: refused, reset or timed out. */
export interface Silence {
  readonly kind: 'silence';
  readonly error: string;
}

export type Outcome = Answer | Silence;

const TIMEOUT_MS = 10_000;
const MAX_RESPONSE_BYTES = 64 * 1024;

export class GatewayClient {
  private readonly pool: Pool;
  private readonly basePath: string;
  private readonly launchPath: string;

  constructor(options: Pick<Options, 'gateway' | 'provider' | 'game' | 'maxInFlight'>) {
    const { origin, pathname } = new URL(options.gateway);
    this.basePath = pathname.replace(/\/+$/, '');
    this.launchPath = `${this.basePath}/v1/launch/${options.provider}/${options.game}`;
    this.pool = new Pool(origin, {
      connections: options.maxInFlight,
      connect: { timeout: TIMEOUT_MS },
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      keepAliveTimeout: 4_000,
    });
  }

  launch(player: string, market: string): Promise<Outcome> {
    return this.ask({ method: 'GET', path: this.launchPath, query: { player, market } });
  }

  play(launch: Launch, action: string, body: object): Promise<Outcome> {
    return this.ask({
      method: 'POST',
      path: `${this.basePath}${launch.playPath}${action}`,
      headers: { 'content-type': 'application/json', 'x-croupier-session': launch.sessionToken },
      body: JSON.stringify(body),
    });
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private async ask(request: Parameters<Pool['request']>[0]): Promise<Outcome> {
    const startedAt = performance.now();
    try {
      const response = await this.pool.request(request);
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of response.body as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > MAX_RESPONSE_BYTES) throw new Error(`an answer of over ${MAX_RESPONSE_BYTES} bytes`);
        chunks.push(chunk);
      }
      return {
        kind: 'answer',
        status: response.statusCode,
        version: header(response.headers['x-croupier-version']),
        freshToken: header(response.headers['x-croupier-session']),
        gatewayFault: header(response.headers['x-croupier-fault']) === 'gateway',
        latencyMs: performance.now() - startedAt,
        body: parseObject(Buffer.concat(chunks).toString('utf8')),
      };
    } catch (error) {
      return { kind: 'silence', error: String(error) };
    }
  }
}

/** The launch in a 200 answer, or null when the answer is no launch. */
export function launchOf(answer: Answer): Launch | null {
  const { version, playPath, sessionToken } = answer.body;
  if (answer.status !== 200) return null;
  if (typeof version !== 'string' || typeof playPath !== 'string' || typeof sessionToken !== 'string')
    return null;
  return { version, playPath, sessionToken };
}

function header(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function parseObject(json: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(json);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

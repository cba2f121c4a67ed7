import type { IncomingHttpHeaders } from 'node:http';
import type { RoutedVersion } from '@croupier/contracts';
import { Agent, request } from 'undici';

export const MIRRORED_HEADER = 'x-croupier-mirrored';

const MOST_UNDER_WAY = 64;
const TIMEOUT_MS = 5_000;

/** Sends copies of requests to a canary, as far as it keeps up. Nobody waits for them and nobody sees the answers. */
export class Mirror {
  private readonly agent = new Agent({ connections: MOST_UNDER_WAY, connect: { timeout: TIMEOUT_MS } });
  private underWay = 0;

  /** @param onSent told whether it was sent, or left out because too many are under way */
  constructor(private readonly onSent: (sent: boolean) => void = () => undefined) {}

  /** @param path relative to the version's endpoint, with the query */
  send(version: RoutedVersion, method: 'GET' | 'HEAD', path: string, headers: IncomingHttpHeaders): void {
    const room = this.underWay < MOST_UNDER_WAY;
    this.onSent(room);
    if (!room) return;
    this.underWay += 1;
    this.copy(version, method, path, headers)
      .catch(() => undefined)
      .finally(() => (this.underWay -= 1));
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async copy(
    { endpoint, version }: RoutedVersion,
    method: 'GET' | 'HEAD',
    path: string,
    headers: IncomingHttpHeaders,
  ): Promise<void> {
    const { host: _, ...rest } = headers;
    const { body } = await request(new URL(path, `${endpoint}/`), {
      method,
      dispatcher: this.agent,
      headers: { ...rest, 'x-croupier-version': version, [MIRRORED_HEADER]: 'true' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await body.dump();
  }
}

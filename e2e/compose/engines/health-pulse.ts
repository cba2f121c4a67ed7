import { setTimeout as delay } from 'node:timers/promises';
import { run, type Call } from '../program';

const PAUSE_MS = 1_000;
/** Far over the time of a check: podman that is ended while it writes a result leaves one that nobody can read. */
const CHECK_TIMEOUT_MS = 180_000;

/** podman has its health checks run by systemd. Where there is none, this runs those that have not succeeded yet. */
export class HealthPulse {
  private readonly ending = new AbortController();
  private readonly ended: Promise<void>;

  constructor(private readonly env: NonNullable<Call['env']>) {
    this.ended = this.beat();
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.ended;
  }

  private async beat(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      const filters = ['--filter', 'health=starting', '--filter', 'health=unhealthy'];
      const listing = await this.podman('ps', '--quiet', ...filters);
      for (const id of listing.split('\n').filter(Boolean)) {
        if (signal.aborted) return;
        await this.podman('healthcheck', 'run', id);
      }
      await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** A check that fails is no fault of ours: whoever waits sees it in the state of its container. */
  private podman(...parameters: string[]): Promise<string> {
    return run(['podman', ...parameters], { timeoutMs: CHECK_TIMEOUT_MS, env: this.env }).catch(() => '');
  }
}

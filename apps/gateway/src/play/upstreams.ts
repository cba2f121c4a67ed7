import type { RoutedVersion } from '@croupier/contracts';

export interface EjectionLimits {
  /** In a row, before a game server is left out. */
  readonly failures: number;
  readonly firstMs: number;
  readonly longestMs: number;
}

const LIMITS: EjectionLimits = { failures: 5, firstMs: 1_000, longestMs: 30_000 };

interface Trouble {
  failuresInARow: number;
  ejections: number;
  /** 0 while it has not been left out. */
  ejectedUntilMs: number;
}

/**
 * Spreads requests over the game servers of a version. One that fails again and again is left out for a while, and for
 * longer each time; after that one request decides. A version's last one is never left out.
 */
export class Upstreams {
  /** Of those that have failed since they last did well. */
  private readonly troubled = new Map<string, Trouble>();

  constructor(
    private readonly limits: EjectionLimits = LIMITS,
    private readonly nowMs: () => number = () => performance.now(),
    private readonly random: () => number = Math.random,
  ) {}

  get ejected(): number {
    const nowMs = this.nowMs();
    return [...this.troubled.values()].filter(({ ejectedUntilMs }) => ejectedUntilMs > nowMs).length;
  }

  /** @param except where the request has failed already */
  choose({ endpoint, replicas }: RoutedVersion, except?: string): string {
    if (replicas === undefined || replicas.length === 0) return endpoint;
    const all = [endpoint, ...replicas];
    const others = all.filter((candidate) => candidate !== except);
    const nowMs = this.nowMs();
    const healthy = others.filter(
      (candidate) => (this.troubled.get(candidate)?.ejectedUntilMs ?? 0) <= nowMs,
    );
    const candidates = healthy.length > 0 ? healthy : others.length > 0 ? others : all;
    return candidates[Math.floor(this.random() * candidates.length)] as string;
  }

  succeeded(endpoint: string): void {
    if (this.troubled.size > 0) this.troubled.delete(endpoint);
  }

  /** It gave no answer, or one of 500 and over. */
  failed(endpoint: string): void {
    const trouble = this.troubled.get(endpoint) ?? { failuresInARow: 0, ejections: 0, ejectedUntilMs: 0 };
    this.troubled.set(endpoint, trouble);
    trouble.failuresInARow += 1;
    const onProbation = trouble.ejections > 0 && trouble.ejectedUntilMs <= this.nowMs();
    if (!onProbation && trouble.failuresInARow < this.limits.failures) return;
    const { firstMs, longestMs } = this.limits;
    const longMs = Math.min(longestMs, firstMs * 2 ** trouble.ejections);
    trouble.ejections += 1;
    trouble.failuresInARow = 0;
    // Between half of it and all of it, so that gateways do not come back at the same moment.
    trouble.ejectedUntilMs = this.nowMs() + longMs * (0.5 + this.random() / 2);
  }
}

import type { Answer, Outcome } from '../gateway/gateway-client';
import { LatencyHistogram } from './latency-histogram';

const SLOW_MS = 200;
const MAX_SAMPLES = 10;

/** What one version was seen to do. `requests` are play requests; launches never reach the game. */
export interface VersionFigures {
  readonly launches: number;
  readonly requests: number;
  readonly failed: number;
  readonly slow: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

export interface SecondLine {
  readonly kind: 'second';
  /** Seconds since the start. */
  readonly t: number;
  readonly inFlight: number;
  readonly droppedRequests: number;
  readonly notSent: number;
  readonly byVersion: Readonly<Record<string, VersionFigures>>;
}

export interface SummaryLine {
  readonly kind: 'summary';
  readonly seconds: number;
  readonly launches: number;
  readonly requests: number;
  readonly failed: number;
  readonly slow: number;
  /** Requests that the gateway failed or left without an answer. */
  readonly droppedRequests: number;
  readonly droppedSamples: readonly string[];
  readonly sessionsCompleted: number;
  readonly sessionsMoved: number;
  readonly sessionsGone: number;
  readonly walletMismatches: number;
  /** Answers of 4xx, which a well-behaved player should never get. */
  readonly unexpectedAnswers: number;
  readonly unexpectedSamples: readonly string[];
  /** Requests that the rate asked for, but that found too many in flight or every player busy. */
  readonly notSent: number;
  readonly byVersion: Readonly<Record<string, VersionFigures>>;
}

class VersionCount {
  launches = 0;
  requests = 0;
  failed = 0;
  slow = 0;
  readonly latencies = new LatencyHistogram();

  figures(): VersionFigures {
    const { launches, requests, failed, slow, latencies } = this;
    return {
      launches,
      requests,
      failed,
      slow,
      p50Ms: latencies.quantileMs(0.5),
      p95Ms: latencies.quantileMs(0.95),
    };
  }
}

class VersionCounts {
  private readonly counts = new Map<string, VersionCount>();

  of(version: string): VersionCount {
    let count = this.counts.get(version);
    if (!count) this.counts.set(version, (count = new VersionCount()));
    return count;
  }

  sum(field: 'launches' | 'requests' | 'failed' | 'slow'): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count[field], 0);
  }

  figures(): Record<string, VersionFigures> {
    return Object.fromEntries([...this.counts].map(([version, count]) => [version, count.figures()]));
  }
}

/** Counts the whole run and the second at hand. */
export class Tally {
  private second = { versions: new VersionCounts(), dropped: 0, notSent: 0 };
  private readonly versions = new VersionCounts();
  private readonly droppedSamples: string[] = [];
  private readonly unexpectedSamples: string[] = [];
  private droppedRequests = 0;
  private unexpectedAnswers = 0;
  private unsent = 0;
  private completed = 0;
  private moved = 0;
  private gone = 0;
  private mismatches = 0;

  launched(version: string): void {
    for (const counts of [this.versions, this.second.versions]) counts.of(version).launches += 1;
  }

  played(version: string, { status, latencyMs }: Pick<Answer, 'status' | 'latencyMs'>): void {
    for (const counts of [this.versions, this.second.versions]) {
      const count = counts.of(version);
      count.requests += 1;
      if (status >= 500) count.failed += 1;
      if (latencyMs > SLOW_MS) count.slow += 1;
      count.latencies.record(latencyMs);
    }
  }

  dropped(step: string, outcome: Outcome): void {
    this.droppedRequests += 1;
    this.second.dropped += 1;
    if (this.droppedSamples.length < MAX_SAMPLES) this.droppedSamples.push(describe(step, outcome));
  }

  unexpected(step: string, outcome: Outcome): void {
    this.unexpectedAnswers += 1;
    if (this.unexpectedSamples.length < MAX_SAMPLES) this.unexpectedSamples.push(describe(step, outcome));
  }

  notSent(requests: number): void {
    this.unsent += requests;
    this.second.notSent += requests;
  }

  sessionCompleted(mismatch: boolean): void {
    this.completed += 1;
    if (mismatch) this.mismatches += 1;
  }

  sessionMoved(): void {
    this.moved += 1;
  }

  sessionGone(): void {
    this.gone += 1;
  }

  /** Closes the second at hand. */
  takeSecond(t: number, inFlight: number): SecondLine {
    const { versions, dropped, notSent } = this.second;
    this.second = { versions: new VersionCounts(), dropped: 0, notSent: 0 };
    return { kind: 'second', t, inFlight, droppedRequests: dropped, notSent, byVersion: versions.figures() };
  }

  summary(seconds: number): SummaryLine {
    return {
      kind: 'summary',
      seconds,
      launches: this.versions.sum('launches'),
      requests: this.versions.sum('requests'),
      failed: this.versions.sum('failed'),
      slow: this.versions.sum('slow'),
      droppedRequests: this.droppedRequests,
      droppedSamples: this.droppedSamples,
      sessionsCompleted: this.completed,
      sessionsMoved: this.moved,
      sessionsGone: this.gone,
      walletMismatches: this.mismatches,
      unexpectedAnswers: this.unexpectedAnswers,
      unexpectedSamples: this.unexpectedSamples,
      notSent: this.unsent,
      byVersion: this.versions.figures(),
    };
  }
}

function describe(step: string, outcome: Outcome): string {
  if (outcome.kind === 'silence') return `${step}: ${outcome.error}`;
  return `${step}: ${outcome.status} ${JSON.stringify(outcome.body).slice(0, 300)}`;
}

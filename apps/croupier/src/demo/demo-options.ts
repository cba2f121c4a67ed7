/** The demo's provider, game and what it ships; one place to read what the demo claims. */
export const PROVIDER = 'acme';
export const GAME = 'lucky-sevens';
export const PLAYERS = 2_000;
export const REQUESTS_PER_SECOND = 800;
export const MARKETS = ['MT', 'GB'];

export interface Shipment {
  readonly version: string;
  readonly what: string;
  readonly expected: 'promoted' | 'rolled-back';
  /** Passed to the provider's `POST /publish`. */
  readonly release: {
    readonly errorRate?: number;
    readonly slowRate?: number;
    readonly slowMs?: number;
    readonly faultsAfterRequests?: number;
    readonly migration?: boolean;
    readonly flags?: readonly string[];
  };
}

/** Regressions begin under load, so that they slip through staging as they do in life. */
const FAULTS_AFTER_REQUESTS = 40;

export const FIRST_VERSION: Shipment = {
  version: '1.0.0',
  what: 'the first version',
  expected: 'promoted',
  release: {},
};

export const SHIPMENTS: readonly Shipment[] = [
  {
    version: '1.1.0',
    what: 'good, with a migration and a feature flag',
    expected: 'promoted',
    release: { migration: true, flags: ['bonus-round'] },
  },
  {
    version: '1.2.0',
    what: 'failing: 3 % of requests answer 500',
    expected: 'rolled-back',
    release: { errorRate: 0.03, faultsAfterRequests: FAULTS_AFTER_REQUESTS },
  },
  {
    version: '1.3.0',
    what: 'slow: 12 % of requests take 300 ms, so p95 is over 200 ms',
    expected: 'rolled-back',
    release: { slowRate: 0.12, slowMs: 300, faultsAfterRequests: FAULTS_AFTER_REQUESTS },
  },
];

/** Steps in seconds instead of minutes; the statistics are those of production. */
export const DEMO_TIMING = {
  STEP_MIN_DURATION_MS: '1500',
  STEP_MIN_REQUESTS: '50',
  STEP_DEADLINE_MS: '120000',
  DRAIN_MS: '25000',
  ALERTS_LONGEST_RETRY_MS: '2000',
};

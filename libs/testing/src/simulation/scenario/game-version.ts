import { createHash } from 'node:crypto';
import type { Random } from '../clockwork/random';

/** How a version behaves in production: what its canary ought to find out. */
export interface Conduct {
  /** `good`: within every limit, `bad`: far over one, `middling`: either may be right. */
  readonly kind: 'good' | 'bad' | 'middling';
  /** Share of requests that fail, that are slow, and of players' deposits that fail. */
  readonly errors: number;
  readonly slow: number;
  readonly deposits: number;
  /** False for one that takes sessions and answers no request. */
  readonly answers: boolean;
}

export interface GameVersion {
  readonly provider: string;
  readonly game: string;
  readonly version: string;
  readonly digest: string;
  /** Where it is certified. */
  readonly markets: readonly string[];
  readonly conduct: Conduct;
  readonly startsUp: boolean;
  readonly passesTests: boolean;
  readonly passesPreview: boolean;
  readonly migrates: boolean;
}

export const MARKETS = ['MT', 'SE', 'US-NJ'] as const;

/** The limits that every plan judges by. */
export const NULL_RATES = { errors: 0.05, slow: 0.1, deposits: 0.05 } as const;

export const GOOD: Conduct = { kind: 'good', errors: 0.004, slow: 0.01, deposits: 0.005, answers: true };

export function subjectOf({ provider, game }: Pick<GameVersion, 'provider' | 'game'>): string {
  return `${provider}/${game}`;
}

export function drawConduct(random: Random): Conduct {
  const good: Conduct = {
    kind: 'good',
    errors: random.pick([0, 0.004, 0.01, 0.02]),
    slow: random.pick([0, 0.01, 0.03]),
    deposits: random.pick([0, 0.005, 0.02]),
    answers: true,
  };
  const lot = random.next();
  if (lot < 0.6) return good;
  if (lot < 0.7) return { ...good, kind: 'middling', errors: random.pick([0.03, 0.05, 0.08]) };
  if (lot < 0.85) return { ...good, kind: 'bad', errors: random.pick([0.3, 0.5, 1]) };
  if (lot < 0.95) return { ...good, kind: 'bad', slow: random.pick([0.6, 1]) };
  return { ...good, kind: 'bad', answers: false };
}

export function drawVersion(
  random: Random,
  { provider, game }: Pick<GameVersion, 'provider' | 'game'>,
  version: string,
): GameVersion {
  const [first, ...others] = random.chance(0.7) ? MARKETS : MARKETS.slice(random.between(0, 2));
  return {
    provider,
    game,
    version,
    digest: createHash('sha256').update(`${provider}/${game}@${version}`).digest('hex'),
    markets: [first, ...others.filter(() => random.chance(0.8))],
    conduct: drawConduct(random),
    startsUp: !random.chance(0.03),
    passesTests: !random.chance(0.05),
    passesPreview: !random.chance(0.05),
    migrates: !random.chance(0.04),
  };
}

import type { Clearance } from '@croupier/contracts';
import type { Rules } from '../rules';
import { subjectOf, type GameVersion } from '../scenario/game-version';

type Name = Pick<GameVersion, 'provider' | 'game' | 'version'>;

/** Where each version is certified: as the deployer holds it, and as it has been told at last. */
export class ClearanceBook {
  private readonly held = new Map<string, Clearance>();
  private readonly latest = new Map<string, Clearance>();

  constructor(private readonly rules: Rules) {}

  /** Answers whether it is news. */
  take(name: Name, clearance: Clearance): boolean {
    const key = keyOf(name);
    if (clearance.revision > (this.latest.get(key)?.revision ?? 0)) this.latest.set(key, clearance);
    if (!this.rules.isNewer(clearance.revision, this.held.get(key)?.revision ?? 0)) return false;
    this.held.set(key, clearance);
    return true;
  }

  cleared(version: GameVersion): string[] {
    return within(version, this.held.get(keyOf(version)));
  }

  isRevoked(name: Name): boolean {
    return this.held.get(keyOf(name))?.revoked === true;
  }

  /** What is true, whatever the deployer makes of it. */
  trulyCleared(version: GameVersion): string[] {
    return within(version, this.latest.get(keyOf(version)));
  }

  isTrulyRevoked(name: Name): boolean {
    return this.latest.get(keyOf(name))?.revoked === true;
  }
}

function within({ markets }: GameVersion, clearance: Clearance | undefined): string[] {
  if (clearance === undefined) return [...markets];
  return clearance.revoked ? [] : markets.filter((market) => clearance.markets.includes(market));
}

function keyOf(name: Name): string {
  return `${subjectOf(name)}@${name.version}`;
}

import { subjectOf, type GameVersion } from './game-version';

type Reference = Pick<GameVersion, 'provider' | 'game' | 'version'>;

/** Every version there is, with the digest it was registered by. */
export class Registry {
  private readonly versions = new Map<string, GameVersion>();

  add(version: GameVersion): void {
    this.versions.set(keyOf(version), version);
  }

  find(reference: Reference): GameVersion | undefined {
    return this.versions.get(keyOf(reference));
  }

  all(): GameVersion[] {
    return [...this.versions.values()];
  }

  of(subject: string): GameVersion[] {
    return this.all().filter((version) => subjectOf(version) === subject);
  }
}

function keyOf(reference: Reference): string {
  return `${subjectOf(reference)}@${reference.version}`;
}

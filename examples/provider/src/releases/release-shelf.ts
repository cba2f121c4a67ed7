import { Refusal } from '../control/refusal';
import type { PublishedRelease } from './build-release';

const MAX_RELEASES = 500;

/** What is published, in memory. Publishing a version again replaces it, as a careless provider would. */
export class ReleaseShelf {
  private readonly releases = new Map<string, PublishedRelease>();

  put(game: string, version: string, release: PublishedRelease): void {
    const name = `${game}/${version}`;
    if (!this.releases.has(name) && this.releases.size >= MAX_RELEASES)
      throw new Refusal(507, 'Shelf full', `${MAX_RELEASES} releases are published already`);
    this.releases.set(name, release);
  }

  get(game: string, version: string): PublishedRelease {
    const release = this.releases.get(`${game}/${version}`);
    if (!release) throw new Refusal(404, 'Not published', `${game} ${version} was never published here`);
    return release;
  }

  file(game: string, version: string, path: string): Buffer {
    const bytes = this.get(game, version).files.get(path);
    if (!bytes) throw new Refusal(404, 'Not found', `${game} ${version} has no file ${path}`);
    return bytes;
  }
}

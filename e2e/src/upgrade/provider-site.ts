import { createHash } from 'node:crypto';
import { HttpDouble } from '@croupier/testing';
import { PROVIDER, type Version } from '../../faults/catalogue';

const CLIENT = '<!doctype html><title>Game</title>';

/** The web server of a provider that runs its games itself: it has a manifest for any version of any game. */
export class ProviderSite {
  private constructor(
    private readonly site: HttpDouble,
    private readonly gamesUrl: string,
  ) {}

  static async open(gamesUrl: string): Promise<ProviderSite> {
    const site = await HttpDouble.start(({ path }) => {
      const [, game = '', version = '', file] = path.split('/');
      const body = file === 'manifest.json' ? manifestOf({ game, version }, gamesUrl) : CLIENT;
      return { kind: 'answer', status: 200, body };
    });
    return new ProviderSite(site, gamesUrl);
  }

  announcement(version: Version): string {
    return JSON.stringify({
      type: 'game.added',
      timestamp: new Date().toISOString(),
      data: {
        ...version,
        manifestUrl: `${this.site.url}/${version.game}/${version.version}/manifest.json`,
        manifestSha256: sha256(manifestOf(version, this.gamesUrl)),
      },
    });
  }

  close(): Promise<void> {
    return this.site.stop();
  }
}

function manifestOf({ game, version }: Version, gamesUrl: string): string {
  return JSON.stringify({
    manifestVersion: 1,
    provider: PROVIDER,
    game,
    version,
    markets: ['MT'],
    files: [{ path: 'index.html', sizeBytes: CLIENT.length, sha256: sha256(CLIENT) }],
    server: { runtime: 'remote', url: `${gamesUrl}/${version}` },
    client: { entry: 'index.html' },
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

import { randomUUID } from 'node:crypto';
import type { ArtifactRegistered, CloudEvent } from '@croupier/contracts';

/** The registry's announcement of a version that runs on a game server of its provider. */
export function registered(
  game: string,
  version: string,
  serverUrl: string,
  manifest: Partial<ArtifactRegistered['manifest']> = {},
): CloudEvent<'artifact.registered', ArtifactRegistered> {
  const provider = 'acme';
  const file = { path: 'index.html', sizeBytes: 1, sha256: 'a'.repeat(64) };
  const artifact: ArtifactRegistered = {
    provider,
    game,
    version,
    digest: 'd'.repeat(64),
    manifestUrl: `http://provider.test/${game}/${version}/manifest.json`,
    manifest: {
      manifestVersion: 1,
      provider,
      game,
      version,
      markets: ['MT'],
      files: [file],
      server: { runtime: 'remote', url: `${serverUrl}/${version}` },
      client: { entry: file.path },
      migrations: [],
      flags: [],
      requires: [],
      ...manifest,
    },
  };
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: 'croupier/registry',
    type: 'artifact.registered',
    subject: `${provider}/${game}`,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    data: artifact,
  };
}

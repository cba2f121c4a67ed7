import { ProblemException } from '@croupier/service-kit';
import type { GameVersion } from './version-repository';

export function unknownVersion({ provider, game, version }: GameVersion): ProblemException {
  return new ProblemException({
    slug: 'unknown-version',
    status: 404,
    title: 'There is no such version',
    detail: `${provider}/${game} has no registered version ${version}.`,
    remedy: `GET /v1/games/${provider}/${game}/versions lists them.`,
  });
}

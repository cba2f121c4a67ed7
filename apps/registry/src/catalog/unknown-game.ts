import { ProblemException } from '@croupier/service-kit';
import type { Game } from '../versions/version-repository';

export function unknownGame({ provider, game }: Game): ProblemException {
  return new ProblemException({
    slug: 'unknown-subject',
    status: 404,
    title: 'There is no such game or module',
    detail: `${provider}/${game} has no registered version.`,
    remedy: `GET /v1/games?provider=${provider} lists those of this provider.`,
  });
}

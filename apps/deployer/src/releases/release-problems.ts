import type { ReleaseId } from '@croupier/contracts';
import { ProblemException } from '@croupier/service-kit';

export function unknownRelease(id: ReleaseId): ProblemException {
  return new ProblemException({
    slug: 'unknown-release',
    status: 404,
    title: 'There is no such release',
    detail: `No release has the id ${id}.`,
    remedy: 'GET /v1/releases lists them.',
  });
}

export function unknownArtifact(provider: string, game: string, version: string): ProblemException {
  return new ProblemException({
    slug: 'unknown-artifact',
    status: 404,
    title: 'There is no such version',
    detail: `${provider}/${game} has no registered version ${version}.`,
    remedy: 'Have the provider announce it, or name a version that the registry has.',
    errors: [{ field: 'version', detail: 'is not registered' }],
  });
}

export function impossibleOrder(detail: string): ProblemException {
  return new ProblemException({
    slug: 'order-impossible',
    status: 409,
    title: 'The version cannot be released now',
    detail,
    remedy: 'Read the releases of the version: GET /v1/releases?provider=&game=&version=.',
  });
}

export function impossibleCommand(detail: string): ProblemException {
  return new ProblemException({
    slug: 'command-impossible',
    status: 409,
    title: 'The release cannot take this command now',
    detail,
    remedy: 'Read the release and choose a command that its status allows.',
  });
}

import type { ReleaseId } from '@croupier/contracts';
import { ProblemException } from '@croupier/service-kit';

export function noSuchRun(releaseId: ReleaseId): ProblemException {
  return new ProblemException({
    slug: 'migrations-not-found',
    status: 404,
    title: 'The release has no migrations here',
    detail: `No migrations of release ${releaseId} are known.`,
    remedy: 'List those that are with GET /v1/migrations.',
  });
}

export function migrationsRefused(detail: string): ProblemException {
  return new ProblemException({
    slug: 'migrations-refused',
    status: 422,
    title: 'The migrations are refused',
    detail,
    remedy:
      'Change the scripts as the detail says. POST /v1/migrations/plan tries them, and changes nothing.',
    errors: [{ field: 'scripts', detail }],
  });
}

export function moduleBusy(subject: string): ProblemException {
  return new ProblemException({
    slug: 'module-busy',
    status: 409,
    title: 'The module is being migrated',
    detail: `Another run holds the schema of ${subject}.`,
    remedy: 'Wait for it, or cancel it with POST /v1/migrations/{releaseId}/cancel.',
    retryAfterSeconds: 5,
  });
}

export function runNotUnderWay(releaseId: ReleaseId, status: string): ProblemException {
  return new ProblemException({
    slug: 'migrations-not-under-way',
    status: 409,
    title: 'The migrations are not under way',
    detail: `The migrations of ${releaseId} are ${status}.`,
    remedy: 'Only what is planned can be cancelled; what is applied can be undone.',
  });
}

export function nothingToUndo(releaseId: ReleaseId, status: string): ProblemException {
  return new ProblemException({
    slug: 'nothing-to-undo',
    status: 409,
    title: 'There is nothing to undo',
    detail: `The migrations of ${releaseId} are ${status}.`,
    remedy: 'Undo what is applied; what was kept, or failed to be undone, needs force.',
  });
}

export function undoLosesData(detail: string): ProblemException {
  return new ProblemException({
    slug: 'undo-loses-data',
    status: 409,
    title: 'The undo would lose what has been written since',
    detail,
    remedy: 'Save the rows, then undo with force.',
  });
}

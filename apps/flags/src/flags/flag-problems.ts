import { ProblemException } from '@croupier/service-kit';

export function unknownFlag(name: string): ProblemException {
  return new ProblemException({
    slug: 'unknown-flag',
    status: 404,
    title: 'There is no such flag',
    detail: `No flag is called ${name}.`,
    remedy: 'GET /v1/flags lists them; PUT /v1/flags/{name} creates one.',
    errors: [{ field: 'name', detail: 'names no flag' }],
  });
}

export function unknownEnvironment(name: string): ProblemException {
  return new ProblemException({
    slug: 'unknown-environment',
    status: 404,
    title: 'There is no such environment',
    detail: `No environment is called ${name}.`,
    remedy: 'GET /v1/flag-environments lists them; PUT /v1/flag-environments/{name} creates one.',
    errors: [{ field: 'environment', detail: 'names no environment' }],
  });
}

export function flagKilled(name: string): ProblemException {
  return new ProblemException({
    slug: 'flag-killed',
    status: 409,
    title: 'The flag has been killed',
    detail: `${name} is off everywhere until somebody revives it.`,
    remedy: 'GET the flag to see who killed it and why; POST /v1/flags/{name}/revive when that is over.',
    errors: [{ field: 'enabled', detail: 'cannot be true while the flag is killed' }],
  });
}

export function flagNotKilled(name: string): ProblemException {
  return new ProblemException({
    slug: 'flag-not-killed',
    status: 409,
    title: 'The flag is not killed',
    detail: `Nobody has killed ${name}, or somebody has revived it meanwhile.`,
    remedy: 'GET the flag to see how it stands.',
  });
}

export function dependsOnItself(name: string): ProblemException {
  return new ProblemException({
    slug: 'flag-depends-on-itself',
    status: 422,
    title: 'A flag cannot depend on itself',
    detail: `The dependencies of ${name} name ${name}.`,
    remedy: 'Name another flag as its parent.',
    errors: [{ field: 'dependencies', detail: 'name the flag itself' }],
  });
}

export function approvalNeeded(environments: readonly string[], approvals: number): ProblemException {
  return new ProblemException({
    slug: 'approval-needed',
    status: 409,
    title: 'The change needs approval',
    detail: `It reaches ${environments.join(', ')}, where ${approvals} other people have to approve.`,
    remedy: 'POST it to /v1/flag-change-requests, and have it approved there.',
    errors: [{ field: 'environment', detail: 'is protected' }],
  });
}

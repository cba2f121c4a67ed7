import { ProblemException } from '../problems/problem-exception';
import { entityTags } from './entity-tag';
import { malformedHeader } from './malformed-header';

/** What the caller takes the resource to be: not there, there, or one of the versions it has seen. */
export type Precondition =
  | { readonly kind: 'absent' }
  | { readonly kind: 'present' }
  | { readonly kind: 'one-of'; readonly tags: readonly string[] };

export interface ConditionalHeaders {
  readonly 'if-match'?: string | undefined;
  readonly 'if-none-match'?: string | undefined;
}

const TAGS_REMEDY = 'Send the ETag as it was given, quotes included: If-Match: "3".';

/** What a change says about the state it is meant for (RFC 9110, 13.1); null when it says nothing. */
export function preconditionIfAny(headers: ConditionalHeaders): Precondition | null {
  const ifMatch = headers['if-match']?.trim();
  if (ifMatch === '*') return { kind: 'present' };
  if (ifMatch !== undefined) {
    const tags = entityTags(ifMatch);
    if (tags === null) throw malformedHeader('if-match', 'is not a list of entity tags', TAGS_REMEDY);
    return { kind: 'one-of', tags };
  }
  const ifNoneMatch = headers['if-none-match']?.trim();
  if (ifNoneMatch === undefined) return null;
  if (ifNoneMatch === '*') return { kind: 'absent' };
  throw malformedHeader('if-none-match', 'must be * on a change', 'Send If-None-Match: * to create.');
}

/** The same of a change that has to say it (RFC 6585, 3). */
export function preconditionOf(headers: ConditionalHeaders): Precondition {
  const precondition = preconditionIfAny(headers);
  if (precondition !== null) return precondition;
  throw new ProblemException({
    slug: 'precondition-required',
    status: 428,
    title: 'The change does not say which state it is meant for',
    detail: 'Neither If-Match nor If-None-Match was sent.',
    remedy: 'To change, GET the resource and send its ETag in If-Match; to create, send If-None-Match: *.',
    errors: [{ field: 'if-match', detail: 'is missing' }],
  });
}

/** Refuses when the resource is not what the caller takes it for. `current` is its tag; null when there is none. */
export function requirePrecondition(precondition: Precondition, current: string | null): void {
  const fault = faultOf(precondition, current);
  if (fault === null) return;
  throw new ProblemException({
    slug: 'precondition-failed',
    status: 412,
    title: 'The resource is not in the state that the change is meant for',
    detail: fault.detail,
    remedy:
      'GET it, decide on what it is now, and send its ETag in If-Match; to create, send If-None-Match: *.',
    errors: [{ field: fault.field, detail: fault.detail }],
  });
}

interface Fault {
  readonly field: 'if-match' | 'if-none-match';
  readonly detail: string;
}

function faultOf(precondition: Precondition, current: string | null): Fault | null {
  if (precondition.kind === 'absent')
    return current === null ? null : { field: 'if-none-match', detail: `It exists, as ${current}.` };
  if (current === null) return { field: 'if-match', detail: 'There is no such resource.' };
  // Strong comparison: a weak tag stands for more than one state.
  if (precondition.kind === 'present' || precondition.tags.includes(current)) return null;
  return { field: 'if-match', detail: `It is ${current} by now, not ${precondition.tags.join(', ')}.` };
}

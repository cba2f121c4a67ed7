import { PROBLEM_TYPE_BASE, type Problem } from '@croupier/contracts';

export interface ProblemDescription extends Omit<Problem, 'type' | 'instance'> {
  /** Stable last part of the problem's `type`. */
  readonly slug: string;
  readonly retryAfterSeconds?: number;
}

/** An error that is answered as RFC 9457 `application/problem+json`. */
export class ProblemException extends Error {
  constructor(readonly description: ProblemDescription) {
    super(description.detail ?? description.title);
  }

  toProblem(instance: string): Problem {
    const { slug, retryAfterSeconds: _, ...rest } = this.description;
    return { type: PROBLEM_TYPE_BASE + slug, ...rest, instance };
  }
}

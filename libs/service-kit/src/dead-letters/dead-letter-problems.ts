import { ProblemException } from '../problems/problem-exception';

export function unknownDeadLetter(id: string): ProblemException {
  return new ProblemException({
    slug: 'unknown-dead-letter',
    status: 404,
    title: 'There is no such dead letter',
    detail: `This service has no dead letter ${id}. What became of one is kept for 30 days.`,
    remedy: 'GET /v1/dead-letters lists them; each service has its own.',
  });
}

export function deadLetterResolved(id: string): ProblemException {
  return new ProblemException({
    slug: 'dead-letter-resolved',
    status: 409,
    title: 'The dead letter is not open any more',
    detail: `Dead letter ${id} was replayed or discarded before.`,
    remedy: `GET /v1/dead-letters/${id} says when and why. It opens again by itself if its replay fails.`,
  });
}

export function unreadableDeadLetter(id: string): ProblemException {
  return new ProblemException({
    slug: 'unreadable-dead-letter',
    status: 409,
    title: 'The message cannot be replayed',
    detail: `Dead letter ${id} is no CloudEvent, so every replay of it fails.`,
    remedy: 'Have its sender send it as a CloudEvent, and discard this one.',
  });
}

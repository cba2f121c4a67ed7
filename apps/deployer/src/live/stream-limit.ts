import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { ProblemException } from '@croupier/service-kit';
import { finalize, Subject, takeUntil, type Observable } from 'rxjs';

const MOST_STREAMS = 500;

/** How many may follow at a time on one replica. Streams end with the service, which would wait for them otherwise. */
@Injectable()
export class StreamLimit implements BeforeApplicationShutdown {
  private readonly ending = new Subject<void>();
  private open = 0;

  beforeApplicationShutdown(): void {
    this.ending.next();
  }

  /** @throws ProblemException when there are too many already */
  within<Value>(stream: Observable<Value>): Observable<Value> {
    if (this.open >= MOST_STREAMS) throw tooManyStreams();
    this.open += 1;
    return stream.pipe(
      takeUntil(this.ending),
      finalize(() => (this.open -= 1)),
    );
  }
}

function tooManyStreams(): ProblemException {
  return new ProblemException({
    slug: 'too-many-streams',
    status: 503,
    title: 'Too many streams are open',
    detail: `One deployer tells ${MOST_STREAMS} listeners at a time.`,
    remedy: 'Close streams that nobody reads, and come again after Retry-After.',
    retryAfterSeconds: 10,
  });
}

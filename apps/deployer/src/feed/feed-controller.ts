import { Controller, Param, Query, Sse, type MessageEvent } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ReleaseId } from '@croupier/contracts';
import { Requires } from '@croupier/service-kit';
import { createZodDto } from 'nestjs-zod';
import { filter, from, interval, map, merge, mergeMap, type Observable } from 'rxjs';
import { z } from 'zod';
import { StreamLimit } from '../live/stream-limit';
import { OF_RELEASE } from '../releases/release-resource';
import { TimelineRepository } from '../timeline/timeline-repository';
import { TimelineFeed, type FedEntry } from './timeline-feed';

/** Proxies close what is silent for longer. */
const HEARTBEAT_MS = 15_000;
const MOST_BEFORE = 1_000;

class FeedParamsDto extends createZodDto(z.object({ id: ReleaseId })) {}
class FeedQueryDto extends createZodDto(z.object({ after: z.coerce.number().int().min(0).default(0) })) {}

@ApiTags('releases')
@Controller('v1/releases')
export class FeedController {
  constructor(
    private readonly feed: TimelineFeed,
    private readonly timeline: TimelineRepository,
    private readonly limit: StreamLimit,
  ) {}

  /** Server-sent events: each new timeline entry of any release, from now on. */
  @Requires('viewer')
  @Sse('events')
  all(): Observable<MessageEvent> {
    return this.limit.within(withHeartbeat(this.feed.follow()));
  }

  /** Server-sent events: the release's timeline after an entry, and what is added to it. May repeat an entry. */
  @Requires('viewer', OF_RELEASE)
  @Sse(':id/events')
  one(@Param() { id }: FeedParamsDto, @Query() { after }: FeedQueryDto): Observable<MessageEvent> {
    const known = from(this.timeline.entries(id, after, MOST_BEFORE)).pipe(
      mergeMap((entries) => entries.map((entry): FedEntry => ({ ...entry, releaseId: id }))),
    );
    const news = this.feed.follow().pipe(filter(({ releaseId }) => releaseId === id));
    return this.limit.within(withHeartbeat(merge(news, known)));
  }
}

function withHeartbeat(entries: Observable<FedEntry>): Observable<MessageEvent> {
  const told = entries.pipe(
    map((entry): MessageEvent => ({
      id: `${entry.releaseId}/${entry.sequence}`,
      type: entry.type,
      data: entry,
    })),
  );
  const heartbeat = interval(HEARTBEAT_MS).pipe(map((): MessageEvent => ({ type: 'heartbeat', data: {} })));
  return merge(told, heartbeat);
}

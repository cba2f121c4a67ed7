import { Controller, Param, Query, Sse, type MessageEvent } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ReleaseId } from '@croupier/contracts';
import { createZodDto } from 'nestjs-zod';
import { filter, from, interval, map, merge, mergeMap, type Observable } from 'rxjs';
import { z } from 'zod';
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
  ) {}

  /** Server-sent events: each new timeline entry of any release, from now on. */
  @Sse('events')
  all(): Observable<MessageEvent> {
    return withHeartbeat(this.feed.follow());
  }

  /** Server-sent events: the release's timeline after an entry, and what is added to it. May repeat an entry. */
  @Sse(':id/events')
  one(@Param() { id }: FeedParamsDto, @Query() { after }: FeedQueryDto): Observable<MessageEvent> {
    const known = from(this.timeline.entries(id, after, MOST_BEFORE)).pipe(
      mergeMap((entries) => entries.map((entry): FedEntry => ({ ...entry, releaseId: id }))),
    );
    const news = this.feed.follow().pipe(filter(({ releaseId }) => releaseId === id));
    return withHeartbeat(merge(news, known));
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

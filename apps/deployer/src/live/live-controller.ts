import { Controller, Get, Headers, Param, Sse, type MessageEvent } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { ReleaseId, ReleaseTraffic } from '@croupier/contracts';
import { Requires } from '@croupier/service-kit';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { concatMap, from, interval, map, merge, mergeMap, of, type Observable } from 'rxjs';
import { z } from 'zod';
import { TimelineFeed, type FedBatch } from '../feed/timeline-feed';
import { unknownRelease } from '../releases/release-problems';
import { ReleaseRepository } from '../releases/release-repository';
import { OF_RELEASE } from '../releases/release-resource';
import { TimelineRepository } from '../timeline/timeline-repository';
import { LiveFeed } from './live-feed';
import { comparisonOf } from './live-releases';
import { samplesOf } from './samples-of';
import { StreamLimit } from './stream-limit';
import { TrafficCounts } from './traffic-counts';
import { trafficSpan } from './traffic-span';

/** Proxies close what is silent for longer. */
const HEARTBEAT_MS = 15_000;
/** A cursor of `GET /v1/feed/stream`: a transaction's number. */
const Cursor = z.string().regex(/^\d{1,19}$/);

class ReleaseParamsDto extends createZodDto(z.object({ id: ReleaseId })) {}
class ReleaseTrafficDto extends createZodDto(ReleaseTraffic) {}

@ApiTags('live')
@Controller('v1')
export class LiveController {
  constructor(
    private readonly timelines: TimelineFeed,
    private readonly timeline: TimelineRepository,
    private readonly live: LiveFeed,
    private readonly limit: StreamLimit,
    private readonly releases: ReleaseRepository,
    private readonly counts: TrafficCounts,
  ) {}

  /**
   * Server-sent events of all releases. `ready`: nothing is missed from here on. `timeline`: an entry; may come again.
   * `traffic`: every second, what rollouts under way get and are judged by. `heartbeat` otherwise. With `Last-Event-ID`
   * also the entries since then; `reset` when those are too many: read the lists anew.
   */
  @Requires('viewer')
  @Sse('feed/stream')
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Of the last event that was received.' })
  async stream(@Headers('last-event-id') lastEventId?: string): Promise<Observable<MessageEvent>> {
    const last = Cursor.safeParse(lastEventId);
    const told = this.timelines.batchesFromNow().pipe(
      concatMap((batch, index) =>
        index === 0 && last.success ? from(this.missed(last.data, batch)) : of(eventsOf(batch, index === 0)),
      ),
      mergeMap((events) => events),
    );
    const traffic = this.live.follow().pipe(map((data): MessageEvent => ({ type: 'traffic', data })));
    const heartbeat = interval(HEARTBEAT_MS).pipe(map((): MessageEvent => ({ type: 'heartbeat', data: {} })));
    return this.limit.within(merge(told, traffic, heartbeat));
  }

  /** What a release's two versions got, second by second where it is short. */
  @Requires('viewer', OF_RELEASE)
  @Get('releases/:id/traffic')
  @ZodResponse({ type: ReleaseTrafficDto })
  async traffic(@Param() { id }: ReleaseParamsDto): Promise<ReleaseTraffic> {
    const release = await this.releases.find(id);
    if (!release) throw unknownRelease(id);
    const comparison = comparisonOf(release.state.plan);
    const { bucketMs, ...span } = trafficSpan(release, new Date());
    const counts = await this.counts.within(span, bucketMs, [comparison]);
    return { bucketMs, samples: samplesOf(comparison, counts) };
  }

  private async missed(since: string, first: FedBatch): Promise<MessageEvent[]> {
    const { entries, complete } = await this.timeline.recordedBetween(since, first.cursor);
    const reset: MessageEvent[] = complete ? [] : [{ type: 'reset', data: {} }];
    return [...eventsOf({ cursor: first.cursor, entries }, true), ...reset];
  }
}

function eventsOf({ cursor, entries }: FedBatch, isFirst: boolean): MessageEvent[] {
  const told = entries.map((data): MessageEvent => ({ id: cursor, type: 'timeline', data }));
  return isFirst ? [{ id: cursor, type: 'ready', data: {} }, ...told] : told;
}

import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { DeletionQuery, SegmentOrder, SegmentView, Slug } from '@croupier/contracts';
import { Actor, ExpectedIfAny, versionTag, type Precondition, Requires } from '@croupier/service-kit';
import type { FastifyReply } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { Changes } from '../change-requests/changes';
import type { FlagSignature } from '../flags/flags';
import { Ledger, type Entry } from '../ledger/ledger';
import { unknownSegment } from './segment-problems';

class NameDto extends createZodDto(z.object({ name: Slug })) {}
class OrderDto extends createZodDto(SegmentOrder) {}
class ViewDto extends createZodDto(SegmentView) {}
class ListDto extends createZodDto(z.object({ items: z.array(SegmentView) })) {}
class DeletionDto extends createZodDto(DeletionQuery) {}

/** Constraints under a name, for the strategies of any number of flags. */
@ApiTags('flag segments')
@ApiBearerAuth()
@Controller('v1/flag-segments')
export class SegmentController {
  constructor(
    private readonly ledger: Ledger,
    private readonly changes: Changes,
  ) {}

  @Requires('viewer')
  @Get()
  @ZodResponse({ type: ListDto })
  async list(): Promise<{ items: SegmentView[] }> {
    return { items: (await this.ledger.list('segment')).map(viewOf) };
  }

  /** Creates it when there is none; its `id` is what strategies name. */
  @Requires('operator')
  @Put(':name')
  @ZodResponse({ type: ViewDto })
  async put(
    @Param() { name }: NameDto,
    @Body() { reason, ...document }: OrderDto,
    @Actor() author: string,
    @ExpectedIfAny() expected: Precondition | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SegmentView> {
    const change = { kind: 'segment', segment: name, document } as const;
    await this.changes.applyNow(change, signed(author, reason), expected);
    const segment = await this.ledger.find('segment', name);
    if (segment === null) throw unknownSegment(name);
    void reply.header('etag', versionTag(segment.version));
    return viewOf(segment);
  }

  /** Strategies that name it match nobody from then on. */
  @Requires('operator')
  @Delete(':name')
  @HttpCode(204)
  async remove(
    @Param() { name }: NameDto,
    @Query() { reason }: DeletionDto,
    @Actor() author: string,
    @ExpectedIfAny() expected: Precondition | null,
  ): Promise<void> {
    const change = { kind: 'segment', segment: name, document: null } as const;
    await this.changes.applyNow(change, signed(author, reason), expected);
  }
}

function signed(author: string, reason: string): FlagSignature {
  return { author, reason, cause: 'operator', releaseId: null };
}

function viewOf({ name, document, version, updatedAt }: Entry<'segment'>): SegmentView {
  return { name, version, ...document, updatedAt: updatedAt.toISOString() };
}

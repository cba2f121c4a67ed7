import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  DeletionQuery,
  DocumentChange,
  FreezeOrder,
  FreezeView,
  Slug,
  Timestamp,
  type FreezeDocument,
} from '@croupier/contracts';
import {
  Actor,
  Expected,
  pageOf,
  PageQuery,
  pageSchema,
  positionOf,
  versionTag,
  type Page,
  type Precondition,
  Requires,
} from '@croupier/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import type { Document } from '../documents/document';
import { unknownDocument } from '../documents/document-problems';
import { changeView, noteOf } from '../documents/document-views';
import { FreezeService } from './freeze-service';
import { intervalsOf } from './intervals';

class NameDto extends createZodDto(z.object({ name: Slug })) {}
class PageQueryDto extends createZodDto(PageQuery) {}
class FreezeQueryDto extends createZodDto(
  /** Only the freezes that hold at this moment. */
  PageQuery.extend({ at: Timestamp.optional() }),
) {}
class DeletionQueryDto extends createZodDto(DeletionQuery) {}
class FreezeOrderDto extends createZodDto(FreezeOrder) {}
class FreezeViewDto extends createZodDto(FreezeView) {}
class FreezePageDto extends createZodDto(pageSchema(FreezeView)) {}
class ChangePageDto extends createZodDto(pageSchema(DocumentChange)) {}
class ChainDto extends createZodDto(z.object({ verified: z.boolean(), brokenAt: z.int().nullable() })) {}

@ApiTags('freezes')
@Controller('v1/freezes')
export class FreezeController {
  constructor(private readonly freezes: FreezeService) {}

  /** All freezes with their present or next interval; with `at`, those that hold then. */
  @Requires('viewer')
  @Get()
  @ZodResponse({ type: FreezePageDto })
  async list(
    @Query() { cursor, limit, at }: FreezeQueryDto,
    @Req() { url }: FastifyRequest,
  ): Promise<Page<FreezeView>> {
    const after = positionOf(cursor, Slug);
    const moment = at === undefined ? Date.now() : Date.parse(at);
    const views = (await this.freezes.documents())
      .filter(({ name }) => after === null || name > after)
      .map((document) => viewOf(document, moment))
      .filter(({ frozen }) => at === undefined || frozen);
    return pageOf(views, { limit, url, positionOfRow: ({ name }) => name });
  }

  @Requires('viewer')
  @Get(':name')
  @ZodResponse({ type: FreezeViewDto })
  async one(
    @Param() { name }: NameDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FreezeView> {
    const document = await this.freezes.find(name);
    if (!document) throw unknownDocument('freeze', name);
    return tagged(document, reply);
  }

  /** What the freeze was before and after every change, newest first. */
  @Requires('viewer')
  @Get(':name/changes')
  @ZodResponse({ type: ChangePageDto })
  async changes(
    @Param() { name }: NameDto,
    @Query() { cursor, limit }: PageQueryDto,
    @Req() { url }: FastifyRequest,
  ): Promise<Page<DocumentChange>> {
    const changes = await this.freezes.history(name, positionOf(cursor, z.int()), limit + 1);
    return pageOf(changes.map(changeView), { limit, url, positionOfRow: ({ version }) => version });
  }

  /** Recomputes the hash chain of the freeze's changes. */
  @Requires('viewer')
  @Get(':name/changes/verification')
  @ZodResponse({ type: ChainDto })
  async verify(@Param() { name }: NameDto): Promise<{ verified: boolean; brokenAt: number | null }> {
    const brokenAt = await this.freezes.verify(name);
    return { verified: brokenAt === null, brokenAt };
  }

  /** Creates the freeze with `If-None-Match: *`, or changes it with `If-Match`. It holds within a second everywhere. */
  @Requires('releaser')
  @Put(':name')
  @ZodResponse({ type: FreezeViewDto })
  async put(
    @Param() { name }: NameDto,
    @Body() { reason, ...content }: FreezeOrderDto,
    @Expected() expected: Precondition,
    @Actor() author: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FreezeView> {
    const document = await this.freezes.put({ name, content, expected, author, reason });
    void reply.status(expected.kind === 'absent' ? 201 : 200);
    return tagged(document, reply);
  }

  /** Ends the freeze: what has waited for it goes on. */
  @Requires('releaser')
  @Delete(':name')
  @HttpCode(204)
  async remove(
    @Param() { name }: NameDto,
    @Query() { reason }: DeletionQueryDto,
    @Expected() expected: Precondition,
    @Actor() author: string,
  ): Promise<void> {
    await this.freezes.remove({ name, expected, author, reason });
  }
}

function tagged(document: Document<FreezeDocument>, reply: FastifyReply): FreezeView {
  void reply.header('etag', versionTag(document.version));
  return viewOf(document, Date.now());
}

function viewOf(document: Document<FreezeDocument>, moment: number): FreezeView {
  const { name, version, content } = document;
  const interval = intervalsOf(content.window)(moment);
  return {
    name,
    version,
    ...content,
    frozen: interval !== null && interval.from <= moment,
    interval: interval && {
      from: new Date(interval.from).toISOString(),
      until: new Date(interval.until).toISOString(),
    },
    changed: noteOf(document),
  };
}

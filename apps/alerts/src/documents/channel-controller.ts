import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import {
  AlertChannelOrder,
  AlertChannelView,
  AlertDocumentChange,
  ChangedAlertChannel,
  DeletionQuery,
  Slug,
} from '@croupier/contracts';
import {
  Actor,
  Expected,
  PageQuery,
  pageSchema,
  versionTag,
  type Page,
  type Precondition,
  Requires,
} from '@croupier/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { ChannelBook, type Channel } from './channel-book';
import { DocumentHistory } from './document-history';

const ChannelList = z.object({ channels: z.array(AlertChannelView) });

class ChannelNameDto extends createZodDto(z.object({ name: Slug })) {}
class ChannelOrderDto extends createZodDto(AlertChannelOrder) {}
class ChannelDeletionDto extends createZodDto(DeletionQuery) {}
class ChannelViewDto extends createZodDto(AlertChannelView) {}
class ChangedChannelDto extends createZodDto(ChangedAlertChannel) {}
class ChannelListDto extends createZodDto(ChannelList) {}
class ChannelPageQueryDto extends createZodDto(PageQuery) {}
class ChannelHistoryDto extends createZodDto(pageSchema(AlertDocumentChange)) {}

@ApiTags('alert channels')
@ApiBearerAuth()
@Controller('v1/alerts/channels')
export class ChannelController {
  constructor(
    private readonly book: ChannelBook,
    private readonly changes: DocumentHistory,
  ) {}

  @Requires('viewer')
  @Get()
  @ZodResponse({ type: ChannelListDto })
  async list(): Promise<z.infer<typeof ChannelList>> {
    return { channels: (await this.book.all()).map(viewOf) };
  }

  @Requires('viewer')
  @Get(':name')
  @ZodResponse({ type: ChannelViewDto })
  async one(
    @Param() { name }: ChannelNameDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AlertChannelView> {
    return tagged(await this.book.one(name), reply);
  }

  /** Creates or replaces it. A secret that is left out stays as it is; a webhook's is drawn, and shown here once. */
  @Requires('admin')
  @Put(':name')
  @HttpCode(200)
  @ZodResponse({ status: 200, type: ChangedChannelDto })
  async put(
    @Param() { name }: ChannelNameDto,
    @Body() { reason, secret, ...document }: ChannelOrderDto,
    @Expected() expected: Precondition,
    @Actor() author: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChangedAlertChannel> {
    const { channel, drawn } = await this.book.put({ name, expected, author, reason }, document, secret);
    return { ...tagged(channel, reply), secret: drawn };
  }

  @Requires('admin')
  @Delete(':name')
  @HttpCode(204)
  async remove(
    @Param() { name }: ChannelNameDto,
    @Query() { reason }: ChannelDeletionDto,
    @Expected() expected: Precondition,
    @Actor() author: string,
  ): Promise<void> {
    await this.book.remove({ name, expected, author, reason });
  }

  /** Every version that it has had, newest first; without secrets. */
  @Requires('viewer')
  @Get(':name/history')
  @ZodResponse({ type: ChannelHistoryDto })
  history(
    @Param() { name }: ChannelNameDto,
    @Query() query: ChannelPageQueryDto,
    @Req() { url }: FastifyRequest,
  ): Promise<Page<AlertDocumentChange>> {
    return this.changes.page('channel', name, { ...query, url });
  }
}

function tagged(channel: Channel, reply: FastifyReply): AlertChannelView {
  void reply.header('etag', versionTag(channel.version));
  return viewOf(channel);
}

function viewOf({ name, version, document, author, reason, at }: Channel): AlertChannelView {
  return { name, version, ...document, changed: { author, reason, at: at.toISOString() } };
}

import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import {
  DeletionQuery,
  FlagHistoryEntry,
  FlagName,
  FlagOrder,
  FlagView,
  Reason,
  SettingsOrder,
  Slug,
} from '@croupier/contracts';
import {
  Actor,
  ExpectedIfAny,
  PageQuery,
  pageOf,
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
import { Ledger } from '../ledger/ledger';
import { FlagService } from './flag-service';
import { KillSwitch } from './kill-switch';

class NameDto extends createZodDto(z.object({ name: FlagName })) {}
class SettingsPathDto extends createZodDto(z.object({ name: FlagName, environment: Slug })) {}
class OrderDto extends createZodDto(FlagOrder) {}
class SettingsOrderDto extends createZodDto(SettingsOrder) {}
class ReasonDto extends createZodDto(z.strictObject({ reason: Reason })) {}
class DeletionDto extends createZodDto(DeletionQuery) {}
class FlagDto extends createZodDto(FlagView) {}
class FlagPageDto extends createZodDto(pageSchema(FlagView)) {}
class ListDto extends createZodDto(
  PageQuery.extend({
    namePrefix: z.string().max(100).optional(),
    /** `true`: marked as stale, or older than expected. */
    stale: z.enum(['true', 'false']).optional(),
  }),
) {}
class PageQueryDto extends createZodDto(PageQuery) {}
class HistoryPageDto extends createZodDto(pageSchema(FlagHistoryEntry)) {}

@ApiTags('flags')
@ApiBearerAuth()
@Controller('v1/flags')
export class FlagController {
  constructor(
    private readonly flags: FlagService,
    private readonly killSwitch: KillSwitch,
    private readonly ledger: Ledger,
  ) {}

  /** In the order of their names. */
  @Requires('viewer')
  @Get()
  @ZodResponse({ type: FlagPageDto })
  async list(
    @Query() { cursor, limit, namePrefix = '', stale }: ListDto,
    @Req() { url }: FastifyRequest,
  ): Promise<Page<FlagView>> {
    const after = positionOf(cursor, FlagName);
    const views = (await this.flags.all()).filter(
      (flag) =>
        flag.name.startsWith(namePrefix) &&
        (stale === undefined || (flag.stale || flag.potentiallyStale) === (stale === 'true')) &&
        (after === null || flag.name > after),
    );
    return pageOf(views, { limit, url, positionOfRow: ({ name }) => name });
  }

  @Requires('viewer')
  @Get(':name')
  @ZodResponse({ type: FlagDto })
  async one(@Param() { name }: NameDto, @Res({ passthrough: true }) reply: FastifyReply): Promise<FlagView> {
    return tagged(await this.flags.one(name), reply);
  }

  /** Creates the flag when there is none, and sets what is given; `enabled` where releases switch flags. */
  @Requires('operator')
  @Put(':name')
  @ZodResponse({ type: FlagDto })
  async put(
    @Param() { name }: NameDto,
    @Body() { reason, enabled, ...patch }: OrderDto,
    @Actor() author: string,
    @ExpectedIfAny() expected: Precondition | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FlagView> {
    return tagged(await this.flags.put(name, patch, enabled, { author, reason }, expected), reply);
  }

  /** Sets what is given, in one environment. */
  @Requires('operator')
  @Put(':name/environments/:environment')
  @ZodResponse({ type: FlagDto })
  async set(
    @Param() { name, environment }: SettingsPathDto,
    @Body() { reason, ...settings }: SettingsOrderDto,
    @Actor() author: string,
    @ExpectedIfAny() expected: Precondition | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FlagView> {
    return tagged(await this.flags.set(name, environment, settings, { author, reason }, expected), reply);
  }

  /** Off everywhere, and to SDKs as if it had never been. Its history is kept. */
  @Requires('operator')
  @Delete(':name')
  @HttpCode(204)
  async archive(
    @Param() { name }: NameDto,
    @Query() { reason }: DeletionDto,
    @Actor() author: string,
    @ExpectedIfAny() expected: Precondition | null,
  ): Promise<void> {
    await this.flags.archive(name, { author, reason }, expected);
  }

  /** Off in every environment at once, without approval, until it is revived. */
  @Requires('operator')
  @Post(':name/kill')
  @HttpCode(200)
  @ZodResponse({ type: FlagDto })
  async kill(
    @Param() { name }: NameDto,
    @Body() { reason }: ReasonDto,
    @Actor() author: string,
  ): Promise<FlagView> {
    await this.killSwitch.kill({ name, author, reason });
    return this.flags.one(name);
  }

  /** On again where it was on when it was killed. */
  @Requires('operator')
  @Post(':name/revive')
  @HttpCode(200)
  @ZodResponse({ type: FlagDto })
  async revive(
    @Param() { name }: NameDto,
    @Body() { reason }: ReasonDto,
    @Actor() author: string,
  ): Promise<FlagView> {
    await this.killSwitch.revive({ name, author, reason });
    return this.flags.one(name);
  }

  /** What has become of the flag, newest first, with before and after. */
  @Requires('viewer')
  @Get(':name/history')
  @ZodResponse({ type: HistoryPageDto })
  async history(
    @Param() { name }: NameDto,
    @Query() { cursor, limit }: PageQueryDto,
    @Req() { url }: FastifyRequest,
  ): Promise<Page<FlagHistoryEntry>> {
    const entries = await this.ledger.history({ kind: 'flag', name }, positionOf(cursor, z.int()), limit + 1);
    return pageOf(entries, { limit, url, positionOfRow: ({ revision }) => revision });
  }
}

function tagged(view: FlagView, reply: FastifyReply): FlagView {
  void reply.header('etag', versionTag(view.version));
  return view;
}

import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { CacheRuleChange, CacheRuleOrder, CacheRuleView, DeletionQuery, Slug } from '@croupier/contracts';
import {
  Actor,
  Expected,
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
import { RuleBook } from './rule-book';
import type { Rule } from './rule-repository';

class RuleNameDto extends createZodDto(z.object({ name: Slug })) {}
class RuleOrderDto extends createZodDto(CacheRuleOrder) {}
class RuleDeletionDto extends createZodDto(DeletionQuery) {}
class RuleViewDto extends createZodDto(CacheRuleView) {}
const RuleList = z.object({ rules: z.array(CacheRuleView) });
class RuleListDto extends createZodDto(RuleList) {}
class RulePageQueryDto extends createZodDto(PageQuery) {}
class RuleHistoryDto extends createZodDto(pageSchema(CacheRuleChange)) {}

@ApiTags('cache rules')
@ApiBearerAuth()
@Controller('v1/cache-rules')
export class RuleController {
  constructor(private readonly book: RuleBook) {}

  @Requires('viewer')
  @Get()
  @ZodResponse({ type: RuleListDto })
  async list(): Promise<z.infer<typeof RuleList>> {
    return { rules: (await this.book.all()).map(viewOf) };
  }

  @Requires('viewer')
  @Get(':name')
  @ZodResponse({ type: RuleViewDto })
  async one(
    @Param() { name }: RuleNameDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CacheRuleView> {
    return tagged(await this.book.one(name), reply);
  }

  /** Creates or replaces it. */
  @Requires('admin')
  @Put(':name')
  @HttpCode(200)
  @ZodResponse({ status: 200, type: RuleViewDto })
  async put(
    @Param() { name }: RuleNameDto,
    @Body() { reason, ...document }: RuleOrderDto,
    @Expected() expected: Precondition,
    @Actor() author: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CacheRuleView> {
    return tagged(await this.book.put({ name, expected, author, reason }, document), reply);
  }

  @Requires('admin')
  @Delete(':name')
  @HttpCode(204)
  async remove(
    @Param() { name }: RuleNameDto,
    @Query() { reason }: RuleDeletionDto,
    @Expected() expected: Precondition,
    @Actor() author: string,
  ): Promise<void> {
    await this.book.remove({ name, expected, author, reason });
  }

  /** Every version that it has had, newest first. */
  @Requires('viewer')
  @Get(':name/history')
  @ZodResponse({ type: RuleHistoryDto })
  async history(
    @Param() { name }: RuleNameDto,
    @Query() { cursor, limit }: RulePageQueryDto,
    @Req() { url }: FastifyRequest,
  ): Promise<Page<CacheRuleChange>> {
    const before = positionOf(cursor, z.int().min(1));
    const rows = await this.book.history(name, before, limit + 1);
    const page = pageOf(rows, { limit, url, positionOfRow: ({ version }) => version });
    return {
      ...page,
      items: page.items.map(({ version, document, author, reason, at }) => ({
        version,
        document,
        author,
        reason,
        at: at.toISOString(),
      })),
    };
  }
}

function tagged(rule: Rule, reply: FastifyReply): CacheRuleView {
  void reply.header('etag', versionTag(rule.version));
  return viewOf(rule);
}

function viewOf({ name, version, document, author, reason, at }: Rule): CacheRuleView {
  return { name, version, ...document, changed: { author, reason, at: at.toISOString() } };
}

import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import {
  AlertRouteOrder,
  AlertRouteView,
  AlertDocumentChange,
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
import { RouteBook, type Route } from './route-book';
import { DocumentHistory } from './document-history';

const RouteList = z.object({ routes: z.array(AlertRouteView) });

class RouteNameDto extends createZodDto(z.object({ name: Slug })) {}
class RouteOrderDto extends createZodDto(AlertRouteOrder) {}
class RouteDeletionDto extends createZodDto(DeletionQuery) {}
class RouteViewDto extends createZodDto(AlertRouteView) {}
class RouteListDto extends createZodDto(RouteList) {}
class RoutePageQueryDto extends createZodDto(PageQuery) {}
class RouteHistoryDto extends createZodDto(pageSchema(AlertDocumentChange)) {}

@ApiTags('alert routes')
@ApiBearerAuth()
@Controller('v1/alerts/routes')
export class RouteController {
  constructor(
    private readonly book: RouteBook,
    private readonly changes: DocumentHistory,
  ) {}

  @Requires('viewer')
  @Get()
  @ZodResponse({ type: RouteListDto })
  async list(): Promise<z.infer<typeof RouteList>> {
    return { routes: (await this.book.all()).map(viewOf) };
  }

  @Requires('viewer')
  @Get(':name')
  @ZodResponse({ type: RouteViewDto })
  async one(
    @Param() { name }: RouteNameDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AlertRouteView> {
    return tagged(await this.book.one(name), reply);
  }

  /** Creates or replaces it. */
  @Requires('admin')
  @Put(':name')
  @HttpCode(200)
  @ZodResponse({ status: 200, type: RouteViewDto })
  async put(
    @Param() { name }: RouteNameDto,
    @Body() { reason, ...document }: RouteOrderDto,
    @Expected() expected: Precondition,
    @Actor() author: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AlertRouteView> {
    return tagged(await this.book.put({ name, expected, author, reason }, document), reply);
  }

  @Requires('admin')
  @Delete(':name')
  @HttpCode(204)
  async remove(
    @Param() { name }: RouteNameDto,
    @Query() { reason }: RouteDeletionDto,
    @Expected() expected: Precondition,
    @Actor() author: string,
  ): Promise<void> {
    await this.book.remove({ name, expected, author, reason });
  }

  /** Every version that it has had, newest first. */
  @Requires('viewer')
  @Get(':name/history')
  @ZodResponse({ type: RouteHistoryDto })
  history(
    @Param() { name }: RouteNameDto,
    @Query() query: RoutePageQueryDto,
    @Req() { url }: FastifyRequest,
  ): Promise<Page<AlertDocumentChange>> {
    return this.changes.page('route', name, { ...query, url });
  }
}

function tagged(route: Route, reply: FastifyReply): AlertRouteView {
  void reply.header('etag', versionTag(route.version));
  return viewOf(route);
}

function viewOf({ name, version, document, author, reason, at }: Route): AlertRouteView {
  return { name, version, ...document, changed: { author, reason, at: at.toISOString() } };
}

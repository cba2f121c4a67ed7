import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequiresService } from '@croupier/service-kit';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { RoutingRepository } from './routing-repository';
import { RoutingWaiters } from './routing-waiters';

const MAX_WAIT_MS = 25_000;

class RoutingQueryDto extends createZodDto(
  z.object({
    after: z.coerce.number().int().min(-1).default(-1),
    waitMs: z.coerce.number().int().min(0).max(MAX_WAIT_MS).default(0),
  }),
) {}

@ApiTags('routing')
@Controller('v1/routing')
export class RoutingController {
  constructor(
    private readonly routing: RoutingRepository,
    private readonly waiters: RoutingWaiters,
  ) {}

  /** Long poll: 200 with what has changed since `after`, once something has; 204 when `waitMs` is over. */
  @RequiresService()
  @Get()
  async newer(@Query() query: RoutingQueryDto, @Res() reply: FastifyReply): Promise<void> {
    const newer = await this.waiters.newerThan(query.after, query.waitMs);
    if (newer) await reply.send(await this.routing.updateSince(query.after));
    else await reply.code(204).send();
  }
}

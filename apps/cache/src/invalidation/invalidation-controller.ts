import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Timestamp } from '@croupier/contracts';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { CAUSES, type Invalidation } from './invalidation';
import { InvalidationRepository } from './invalidation-repository';
import { Invalidator } from './invalidator';

class InvalidationRequestDto extends createZodDto(
  z.object({
    prefix: z
      .string()
      .min(1)
      .max(200)
      .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces'),
    reason: z.string().min(3).max(500),
  }),
) {}

class InvalidationQueryDto extends createZodDto(
  z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) }),
) {}

const InvalidationsView = z.object({
  items: z.array(
    z.object({
      id: z.uuid(),
      cause: z.enum(CAUSES),
      reason: z.string(),
      releaseId: z.uuid().nullable(),
      target: z.string(),
      prefix: z.string(),
      keysRemoved: z.int().min(0),
      durationMs: z.number(),
      at: Timestamp,
    }),
  ),
});
type InvalidationsView = z.infer<typeof InvalidationsView>;
class InvalidationsDto extends createZodDto(InvalidationsView) {}

@ApiTags('invalidations')
@ApiBearerAuth()
@Controller('v1/invalidations')
export class InvalidationController {
  constructor(
    private readonly invalidator: Invalidator,
    private readonly invalidations: InvalidationRepository,
  ) {}

  /** Removes what starts with `prefix` from every target; one item a target. */
  @Post()
  @ApiCreatedResponse({ type: InvalidationsDto })
  async create(@Body() { prefix, reason }: InvalidationRequestDto): Promise<InvalidationsView> {
    return viewOf(await this.invalidator.onDemand(prefix, reason));
  }

  /** Newest first. */
  @Get()
  @ApiOkResponse({ type: InvalidationsDto })
  async list(@Query() { limit }: InvalidationQueryDto): Promise<InvalidationsView> {
    return viewOf(await this.invalidations.newest(limit));
  }
}

function viewOf(invalidations: readonly Invalidation[]): InvalidationsView {
  return { items: invalidations.map((each) => ({ ...each, at: each.at.toISOString() })) };
}

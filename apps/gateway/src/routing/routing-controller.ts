import { Requires } from '@croupier/service-kit';
import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Market, SemVer, Slug, Timestamp, type RoutingSnapshot } from '@croupier/contracts';
import { ZodResponse, createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { GatewayConfig } from '../gateway-config';
import { CurrentRouting } from './current-routing';

const RoutingView = z.object({
  gatewayId: z.uuid(),
  routingVersion: z.int().min(0),
  /** Null before the first snapshot. */
  appliedAt: Timestamp.nullable(),
  source: z.enum(['deployer', 'file']).nullable(),
  subjects: z.array(
    z.object({
      provider: Slug,
      game: Slug,
      stable: SemVer,
      canary: SemVer.nullable(),
      canaryPercent: z.number(),
      /** Markets whose share differs. */
      marketPercents: z.record(Market, z.number()),
      draining: z.array(SemVer),
    }),
  ),
});
type RoutingView = z.infer<typeof RoutingView>;

class RoutingViewDto extends createZodDto(RoutingView) {}

@ApiTags('routing')
@Controller('v1/routing')
export class RoutingController {
  constructor(
    private readonly routing: CurrentRouting,
    private readonly config: GatewayConfig,
  ) {}

  /** What this gateway deals by at this moment. */
  @Requires('viewer')
  @Get()
  @ZodResponse({ status: 200, type: RoutingViewDto })
  current(): RoutingView {
    const { applied, version } = this.routing;
    return {
      gatewayId: this.config.gatewayId,
      routingVersion: version,
      appliedAt: applied?.appliedAt.toISOString() ?? null,
      source: applied?.source ?? null,
      subjects: applied === null ? [] : subjectsOf(applied.snapshot),
    };
  }
}

function subjectsOf(snapshot: RoutingSnapshot): RoutingView['subjects'] {
  return snapshot.subjects.map((route) => ({
    provider: route.provider,
    game: route.game,
    stable: route.stable.version,
    canary: route.canary?.version ?? null,
    canaryPercent: route.canaryBuckets / 100,
    marketPercents: Object.fromEntries(
      Object.entries(route.marketBuckets).map(([market, buckets]) => [market, buckets / 100]),
    ),
    draining: route.draining.map(({ version }) => version),
  }));
}

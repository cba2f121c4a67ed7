import { Body, Controller, Get, Param, Put, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Market, MarketOrder, MarketView, type Certification } from '@croupier/contracts';
import { Actor, ExpectedIfAny, versionTag, type Precondition, Requires } from '@croupier/service-kit';
import type { FastifyReply } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { ClearanceSweep } from '../clearance/clearance-sweep';
import { MarketRules, type MarketRule } from './market-rules';

const MarketList = z.object({
  /** Of markets without a rule of their own. */
  default: MarketView.shape.certification,
  markets: z.array(MarketView),
});

class MarketParamsDto extends createZodDto(z.object({ market: Market })) {}
class MarketOrderDto extends createZodDto(MarketOrder) {}
class MarketViewDto extends createZodDto(MarketView) {}
class MarketListDto extends createZodDto(MarketList) {}

@ApiTags('markets')
@Controller('v1/markets')
export class MarketController {
  constructor(
    private readonly rules: MarketRules,
    private readonly sweep: ClearanceSweep,
  ) {}

  @Requires('viewer')
  @Get()
  @ZodResponse({ type: MarketListDto })
  async list(): Promise<z.infer<typeof MarketList>> {
    const { rules, usual } = await this.rules.list();
    return { default: usual, markets: rules.map(viewOf) };
  }

  @Requires('viewer')
  @Get(':market')
  @ZodResponse({ type: MarketViewDto })
  async one(
    @Param() { market }: MarketParamsDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MarketView> {
    const { rules, usual } = await this.rules.list();
    const rule = rules.find((one) => one.market === market);
    if (!rule) return usualIn(market, usual);
    void reply.header('etag', versionTag(rule.revision));
    return viewOf(rule);
  }

  /** Every version that names the market is reviewed within seconds; what it changes is told, version by version. */
  @Requires('admin')
  @Put(':market')
  @ZodResponse({ type: MarketViewDto })
  async put(
    @Param() { market }: MarketParamsDto,
    @Body() { certification, reason }: MarketOrderDto,
    @ExpectedIfAny() expected: Precondition | null,
    @Actor() author: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MarketView> {
    const rule = await this.rules.put(market, { certification, author, reason }, expected);
    this.sweep.wake();
    void reply.header('etag', versionTag(rule.revision));
    return viewOf(rule);
  }
}

function viewOf({ market, certification, revision, author, reason, changedAt }: MarketRule): MarketView {
  const changed = { author, reason, at: changedAt.toISOString() };
  return { market, certification, isDefault: false, revision, changed };
}

function usualIn(market: string, certification: Certification): MarketView {
  return { market, certification, isDefault: true, revision: 0, changed: null };
}

import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Eligibility, EligibilityQuery } from '@croupier/contracts';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { ClearanceFacts } from '../clearance/clearance-facts';
import { Clock } from '../clock';
import { MarketRules } from '../markets/market-rules';
import { eligibilityOf } from './eligibility';

const MOST_VERSIONS = 200;

class EligibilityQueryDto extends createZodDto(EligibilityQuery) {}
class EligibilityDto extends createZodDto(Eligibility) {}

@ApiTags('eligibility')
@Controller('v1/eligibility')
export class EligibilityController {
  constructor(
    private readonly facts: ClearanceFacts,
    private readonly rules: MarketRules,
    private readonly clock: Clock,
  ) {}

  /** Which version of a game may be dealt in a market now, and why the others may not. */
  @Get()
  @ZodResponse({ type: EligibilityDto })
  async ask(@Query() query: EligibilityQueryDto): Promise<Eligibility> {
    const [versions, rules] = await Promise.all([
      this.facts.newest(query, query.market, MOST_VERSIONS),
      this.rules.read(),
    ]);
    return eligibilityOf(query, versions, rules.of(query.market), this.clock.now());
  }
}

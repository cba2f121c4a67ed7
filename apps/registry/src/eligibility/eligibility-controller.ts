import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Eligibility, EligibilityQuery } from '@croupier/contracts';
import { Requires } from '@croupier/service-kit';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { Clock } from '../clock';
import { eligibilityOf } from './eligibility';
import { EligibilityFacts } from './eligibility-facts';

class EligibilityQueryDto extends createZodDto(EligibilityQuery) {}
class EligibilityDto extends createZodDto(Eligibility) {}

@ApiTags('eligibility')
@Controller('v1/eligibility')
export class EligibilityController {
  constructor(
    private readonly facts: EligibilityFacts,
    private readonly clock: Clock,
  ) {}

  /** Which version of a game may be dealt in a market now, and why the others may not. */
  @Requires('viewer')
  @Get()
  @ZodResponse({ type: EligibilityDto })
  async ask(@Query() query: EligibilityQueryDto): Promise<Eligibility> {
    const { certification, versions } = await this.facts.read(query);
    return eligibilityOf(query, versions, certification, this.clock.now());
  }
}

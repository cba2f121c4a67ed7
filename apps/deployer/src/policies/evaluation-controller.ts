import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EvaluationRequest, EvaluationView } from '@croupier/contracts';
import { Requires } from '@croupier/service-kit';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { PolicyService } from './policy-service';

class EvaluationRequestDto extends createZodDto(EvaluationRequest) {}
class EvaluationViewDto extends createZodDto(EvaluationView) {}

@ApiTags('policies')
@Controller()
export class EvaluationController {
  constructor(private readonly policies: PolicyService) {}

  /** What would happen to a version, why, and by which plan. Nothing comes of it. */
  // Two colons are one to the router: a single one would begin a parameter.
  @Requires('viewer')
  @Post('v1/policies::evaluate')
  @HttpCode(200)
  @ZodResponse({ type: EvaluationViewDto })
  evaluate(@Body() request: EvaluationRequestDto): Promise<EvaluationView> {
    return this.policies.evaluate(request);
  }
}

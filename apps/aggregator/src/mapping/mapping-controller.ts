import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { MappingDryRunRequest, type MappingDryRun } from '@croupier/contracts';
import { Requires } from '@croupier/service-kit';
import { createZodDto } from 'nestjs-zod';
import { Mapping } from './mapping';
import { MappingFault } from './mapping-fault';

class MappingDryRunDto extends createZodDto(MappingDryRunRequest) {}

@ApiTags('providers')
@Controller('v1/mappings')
export class MappingController {
  /** What an expression makes of a body: the webhooks, or what is wrong and where. Nothing is stored. */
  @Requires('viewer')
  @Post('dry-run')
  @HttpCode(200)
  @ApiOkResponse({ description: 'MappingDryRun of the contracts' })
  async dryRun(@Body() { expression, payload }: MappingDryRunDto): Promise<MappingDryRun> {
    try {
      const outcome = await new Mapping(expression).map(payload);
      return outcome.kind === 'ignored'
        ? { outcome: 'ignored', reason: outcome.reason }
        : { outcome: 'mapped', webhooks: [...outcome.webhooks] };
    } catch (error) {
      if (!(error instanceof MappingFault)) throw error;
      const { message, code, at, errors, result } = error;
      return { outcome: 'failed', detail: message, at, code, errors: [...errors], result: shown(result) };
    }
  }
}

/** Longest result that is shown, in characters of JSON. */
const MAX_SHOWN = 20_000;

/** An expression may give functions, which JSON has not, and more than anybody reads. */
function shown(result: unknown): unknown {
  const json =
    JSON.stringify(result, (_, value: unknown) => (isLambda(value) ? '(a function)' : value)) ?? 'null';
  return json.length <= MAX_SHOWN ? (JSON.parse(json) as unknown) : `${json.slice(0, MAX_SHOWN)}...`;
}

/** JSONata's functions hold on to their surroundings, which refer to themselves. */
function isLambda(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    ('_jsonata_lambda' in value || '_jsonata_function' in value)
  );
}

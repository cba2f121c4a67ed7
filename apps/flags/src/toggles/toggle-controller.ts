import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { OperatorCommand, Slug, Timestamp } from '@croupier/contracts';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import type { Toggle } from './toggle';
import { ToggleRepository } from './toggle-repository';
import { Toggles } from './toggles';

class FlagPathDto extends createZodDto(z.object({ name: Slug })) {}
class FlagOrderDto extends createZodDto(OperatorCommand.extend({ enabled: z.boolean() })) {}

const FlagView = z.object({
  name: Slug,
  enabled: z.boolean(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
type FlagView = z.infer<typeof FlagView>;
class FlagDto extends createZodDto(FlagView) {}

const FlagsView = z.object({ items: z.array(FlagView) });
class FlagsDto extends createZodDto(FlagsView) {}

@ApiTags('flags')
@ApiBearerAuth()
@Controller('v1/flags')
export class ToggleController {
  constructor(
    private readonly toggles: Toggles,
    private readonly repository: ToggleRepository,
  ) {}

  @Get()
  @ApiOkResponse({ type: FlagsDto })
  async list(): Promise<z.infer<typeof FlagsView>> {
    return { items: (await this.repository.all()).map(viewOf) };
  }

  /** Sets the flag, and creates it when there is none. Repeating it changes nothing. */
  @Put(':name')
  @ApiOkResponse({ type: FlagDto })
  async put(@Param() { name }: FlagPathDto, @Body() order: FlagOrderDto): Promise<FlagView> {
    return viewOf(await this.toggles.put(name, order.enabled, order.reason));
  }
}

function viewOf(toggle: Toggle): FlagView {
  return {
    ...toggle,
    createdAt: toggle.createdAt.toISOString(),
    updatedAt: toggle.updatedAt.toISOString(),
  };
}

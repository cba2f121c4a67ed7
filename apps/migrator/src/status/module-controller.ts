import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import {
  BaselineOrder,
  ModuleStatusList,
  ModuleStatusQuery,
  RepairResult,
  Slug,
  subjectId,
} from '@croupier/contracts';
import { Actor, Requires, inPath } from '@croupier/service-kit';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { HistoryRepair } from './history-repair';
import { ModuleStatuses } from './module-statuses';

class ModuleStatusQueryDto extends createZodDto(ModuleStatusQuery) {}
class ModuleStatusListDto extends createZodDto(ModuleStatusList) {}
class SubjectPathDto extends createZodDto(z.object({ provider: Slug, game: Slug })) {}
class BaselineOrderDto extends createZodDto(BaselineOrder) {}
class RepairResultDto extends createZodDto(RepairResult) {}

@ApiTags('modules')
@ApiBearerAuth()
@Controller('v1/modules')
export class ModuleController {
  constructor(
    private readonly statuses: ModuleStatuses,
    private readonly histories: HistoryRepair,
  ) {}

  /** Which version each module's schema has, in each environment and tenant's database; with its drift if asked. */
  @Requires('viewer')
  @Get()
  @ZodResponse({ type: ModuleStatusListDto })
  async list(@Query() { subject, drift }: ModuleStatusQueryDto): Promise<ModuleStatusList> {
    return { items: await this.statuses.all(subject, drift) };
  }

  /** Takes a schema that was made by other means into the history. Runs nothing. */
  @Requires('admin', inPath())
  @Post(':provider/:game/baseline')
  @HttpCode(200)
  @ZodResponse({ type: ModuleStatusListDto, status: 200 })
  async baseline(
    @Param() subject: SubjectPathDto,
    @Body() order: BaselineOrderDto,
    @Actor() actor: string,
  ): Promise<ModuleStatusList> {
    await this.histories.baseline(subject, order, actor);
    return { items: await this.statuses.all(subjectId(subject.provider, subject.game), false) };
  }

  /** Takes the rows of scripts that failed under another tool out of the history. */
  @Requires('admin', inPath())
  @Post(':provider/:game/repair')
  @HttpCode(200)
  @ZodResponse({ type: RepairResultDto, status: 200 })
  async repair(@Param() subject: SubjectPathDto, @Actor() actor: string): Promise<RepairResult> {
    return { removed: await this.histories.repair(subject, actor) };
  }
}

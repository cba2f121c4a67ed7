import { Body, Controller, Get, Param, Put, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { EnvironmentOrder, EnvironmentView, Slug } from '@croupier/contracts';
import { Actor, ExpectedIfAny, versionTag, type Precondition, Requires } from '@croupier/service-kit';
import type { FastifyReply } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Ledger } from '../ledger/ledger';
import { Environments } from './environments';

class NameDto extends createZodDto(z.object({ name: Slug })) {}
class OrderDto extends createZodDto(EnvironmentOrder) {}
class ViewDto extends createZodDto(EnvironmentView) {}
class ListDto extends createZodDto(z.object({ items: z.array(EnvironmentView) })) {}

@ApiTags('flag environments')
@ApiBearerAuth()
@Controller('v1/flag-environments')
export class EnvironmentController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ledger: Ledger,
    private readonly environments: Environments,
  ) {}

  @Requires('viewer')
  @Get()
  @ZodResponse({ type: ListDto })
  async list(): Promise<{ items: EnvironmentView[] }> {
    return { items: await this.environments.all() };
  }

  /** Creates it when there is none. To protect one that has flags changes none of them. */
  @Requires('admin')
  @Put(':name')
  @ZodResponse({ type: ViewDto })
  async put(
    @Param() { name }: NameDto,
    @Body() { reason, ...document }: OrderDto,
    @Actor() author: string,
    @ExpectedIfAny() expected: Precondition | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EnvironmentView> {
    const signature = { author, reason, cause: 'operator', releaseId: null };
    const { version } = await this.dataSource.transaction((tx) =>
      this.ledger.record(tx, { ...signature, kind: 'environment', name, expected, change: () => document }),
    );
    void reply.header('etag', versionTag(version));
    return { name, version, ...document };
  }
}

import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { DeletionQuery, FlagTokenCreated, FlagTokenOrder, FlagTokenView, Slug } from '@croupier/contracts';
import { Actor, ProblemException, Requires } from '@croupier/service-kit';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Environments } from '../environments/environments';
import { Ledger } from '../ledger/ledger';
import { LiveFlags } from '../live/live-flags';
import { drawnSecret, secretHash } from './token-book';

class NameDto extends createZodDto(z.object({ name: Slug })) {}
class OrderDto extends createZodDto(FlagTokenOrder) {}
class CreatedDto extends createZodDto(FlagTokenCreated) {}
class ListDto extends createZodDto(z.object({ items: z.array(FlagTokenView) })) {}
class DeletionDto extends createZodDto(DeletionQuery) {}

@ApiTags('flag tokens')
@ApiBearerAuth()
@Controller('v1/flag-tokens')
export class TokenController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ledger: Ledger,
    private readonly environments: Environments,
    private readonly live: LiveFlags,
  ) {}

  /** Those that operators have made; the configuration's own are not listed. */
  @Requires('viewer')
  @Get()
  @ZodResponse({ type: ListDto })
  async list(): Promise<{ items: FlagTokenView[] }> {
    const tokens = await this.ledger.list('token');
    return {
      items: tokens.map(({ name, document: { type, environment }, createdAt }) => ({
        name,
        type,
        environment,
        createdAt: createdAt.toISOString(),
      })),
    };
  }

  /** Draws a token for SDKs of one environment. Its secret is in this answer and nowhere else. */
  @Requires('admin')
  @Post()
  @ZodResponse({ type: CreatedDto, status: 201 })
  async create(
    @Body() { name, type, environment, reason }: OrderDto,
    @Actor() author: string,
  ): Promise<z.infer<typeof FlagTokenCreated>> {
    await this.environments.one(environment);
    const secret = drawnSecret(environment);
    const signature = { author, reason, cause: 'operator', releaseId: null };
    await this.dataSource.transaction((tx) =>
      this.ledger.record(tx, {
        ...signature,
        kind: 'token',
        name,
        change: (before) => {
          if (before !== null) throw nameTaken(name);
          return { type, environment, secretSha256: secretHash(secret) };
        },
      }),
    );
    await this.live.refresh();
    return { name, type, environment, createdAt: new Date().toISOString(), secret };
  }

  /** From then on it is refused. Streams that it opened go on to their end. */
  @Requires('admin')
  @Delete(':name')
  @HttpCode(204)
  async remove(
    @Param() { name }: NameDto,
    @Query() { reason }: DeletionDto,
    @Actor() author: string,
  ): Promise<void> {
    const signature = { author, reason, cause: 'operator', releaseId: null };
    await this.dataSource.transaction((tx) =>
      this.ledger.record(tx, { ...signature, kind: 'token', name, change: () => null }),
    );
    await this.live.refresh();
  }
}

function nameTaken(name: string): ProblemException {
  return new ProblemException({
    slug: 'flag-token-exists',
    status: 409,
    title: 'There is a token of this name',
    detail: `A token is called ${name} already, and its secret cannot be shown again.`,
    remedy: 'Choose another name, or DELETE that token first.',
    errors: [{ field: 'name', detail: 'is taken' }],
  });
}

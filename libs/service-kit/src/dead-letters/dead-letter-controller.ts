import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  DeadLetterCommand,
  DeadLetterDetail,
  DeadLetterId,
  DeadLetterPage,
  DeadLetterQuery,
  OperatorCommand,
  type DeadLetter,
  type ServiceName,
} from '@croupier/contracts';
import { DeadLetters, type KeptDeadLetter } from '@croupier/messaging';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { Requires } from '../auth/rules/requires';
import { AuditTrail } from '../audit/audit-trail';
import { SERVICE_NAME } from '../bootstrap/tokens';
import { Actor } from '../http/actor';
import { deadLetterResolved, unknownDeadLetter, unreadableDeadLetter } from './dead-letter-problems';

class DeadLetterQueryDto extends createZodDto(DeadLetterQuery) {}
class DeadLetterPageDto extends createZodDto(DeadLetterPage) {}
class DeadLetterDetailDto extends createZodDto(DeadLetterDetail) {}
class DeadLetterParamsDto extends createZodDto(z.object({ id: DeadLetterId })) {}
class CommandParamsDto extends createZodDto(z.object({ id: DeadLetterId, command: DeadLetterCommand })) {}
class OperatorCommandDto extends createZodDto(OperatorCommand) {}

/** What this service failed on. The same whether RabbitMQ or the embedded bus delivered it. */
@ApiTags('dead letters')
@Controller('v1/dead-letters')
export class DeadLetterController {
  constructor(
    private readonly deadLetters: DeadLetters,
    private readonly audit: AuditTrail,
    @Inject(SERVICE_NAME) private readonly service: ServiceName,
  ) {}

  @Requires('viewer')
  @Get()
  @ZodResponse({ type: DeadLetterPageDto })
  async list(@Query() { limit, ...search }: DeadLetterQueryDto): Promise<DeadLetterPage> {
    const found = await this.deadLetters.list({ ...search, limit: limit + 1 });
    const page = found.slice(0, limit);
    return {
      deadLetters: page.map((letter) => this.viewOf(letter)),
      next: found.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
  }

  @Requires('viewer')
  @Get(':id')
  @ZodResponse({ type: DeadLetterDetailDto })
  async one(@Param() { id }: DeadLetterParamsDto): Promise<DeadLetterDetail> {
    const letter = await this.deadLetters.find(id);
    if (!letter) throw unknownDeadLetter(id);
    const { message, stack } = letter;
    return {
      ...this.viewOf(letter),
      stack,
      event: message.kind === 'event' ? message.event : null,
      contentBase64: message.kind === 'unreadable' ? message.content.toString('base64') : null,
    };
  }

  /** Replay gives the message to this service once more, and to no other. The reason is kept with the dead letter. */
  @Requires('operator')
  @Post(':id/:command')
  @HttpCode(202)
  @ZodResponse({ status: 202, type: DeadLetterDetailDto })
  async command(
    @Param() { id, command }: CommandParamsDto,
    @Body() { reason }: OperatorCommandDto,
    @Actor() actor: string,
  ): Promise<DeadLetterDetail> {
    const resolution = await this.deadLetters[command](id, reason, (tx) =>
      this.audit.record(tx, {
        actor,
        action: `dead-letter.${command === 'replay' ? 'replayed' : 'discarded'}`,
        object: { type: 'dead-letter', id: `${this.service}/${id}` },
        reason,
      }),
    );
    switch (resolution) {
      case 'done':
        return this.one({ id });
      case 'not-found':
        throw unknownDeadLetter(id);
      case 'not-open':
        throw deadLetterResolved(id);
      case 'unreadable':
        throw unreadableDeadLetter(id);
    }
  }

  private viewOf(letter: KeptDeadLetter): DeadLetter {
    const { id, messageId, type, error, attempts, deadAt, state, resolvedAt, resolution } = letter;
    return {
      id,
      service: this.service,
      messageId,
      type,
      error,
      attempts,
      deadAt: deadAt.toISOString(),
      state,
      resolvedAt: resolvedAt?.toISOString() ?? null,
      resolution,
    };
  }
}

import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  DeletionQuery,
  DocumentChange,
  PolicyOrder,
  PolicyView,
  Slug,
  type PolicyDocument,
} from '@croupier/contracts';
import {
  Actor,
  Expected,
  pageOf,
  PageQuery,
  pageSchema,
  positionOf,
  versionTag,
  type Page,
  type Precondition,
  Requires,
} from '@croupier/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import type { Document } from '../documents/document';
import { unknownDocument } from '../documents/document-problems';
import { changeView, noteOf } from '../documents/document-views';
import { DEFAULT_POLICIES } from './plan-defaults';
import type { Policy } from './policy';
import { PolicyBook, policyOf } from './policy-book';

class NameDto extends createZodDto(z.object({ name: Slug })) {}
class PageQueryDto extends createZodDto(PageQuery) {}
class DeletionQueryDto extends createZodDto(DeletionQuery) {}
class PolicyOrderDto extends createZodDto(PolicyOrder) {}
class PolicyViewDto extends createZodDto(PolicyView) {}
class PolicyPageDto extends createZodDto(pageSchema(PolicyView)) {}
class ChangePageDto extends createZodDto(pageSchema(DocumentChange)) {}
class ChainDto extends createZodDto(z.object({ verified: z.boolean(), brokenAt: z.int().nullable() })) {}

@ApiTags('policies')
@Controller('v1/policies')
export class PolicyController {
  constructor(private readonly book: PolicyBook) {}

  /** All policies that count, the defaults among them, in the order of their names. */
  @Requires('viewer')
  @Get()
  @ZodResponse({ type: PolicyPageDto })
  async list(
    @Query() { cursor, limit }: PageQueryDto,
    @Req() { url }: FastifyRequest,
  ): Promise<Page<PolicyView>> {
    const after = positionOf(cursor, Slug);
    const views = [...DEFAULT_POLICIES.map(defaultView), ...(await this.book.documents()).map(viewOf)]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .filter(({ name }) => after === null || name > after);
    return pageOf(views, { limit, url, positionOfRow: ({ name }) => name });
  }

  @Requires('viewer')
  @Get(':name')
  @ZodResponse({ type: PolicyViewDto })
  async one(
    @Param() { name }: NameDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyView> {
    const byDefault = DEFAULT_POLICIES.find((policy) => policy.name === name);
    const document = byDefault ? null : await this.book.find(name);
    if (!byDefault && !document) throw unknownDocument('policy', name);
    return tagged(document ? viewOf(document) : defaultView(byDefault!), reply);
  }

  /** Every version that the policy has had, deletions included, newest first. */
  @Requires('viewer')
  @Get(':name/versions')
  @ZodResponse({ type: ChangePageDto })
  async versions(
    @Param() { name }: NameDto,
    @Query() { cursor, limit }: PageQueryDto,
    @Req() { url }: FastifyRequest,
  ): Promise<Page<DocumentChange>> {
    const changes = await this.book.history(name, positionOf(cursor, z.int()), limit + 1);
    return pageOf(changes.map(changeView), { limit, url, positionOfRow: ({ version }) => version });
  }

  /** Recomputes the hash chain of the policy's versions. */
  @Requires('viewer')
  @Get(':name/versions/verification')
  @ZodResponse({ type: ChainDto })
  async verify(@Param() { name }: NameDto): Promise<{ verified: boolean; brokenAt: number | null }> {
    const brokenAt = await this.book.verify(name);
    return { verified: brokenAt === null, brokenAt };
  }

  /** Creates the policy with `If-None-Match: *`, or makes a new version of it with `If-Match`. */
  @Requires('admin')
  @Put(':name')
  @ZodResponse({ type: PolicyViewDto })
  async put(
    @Param() { name }: NameDto,
    @Body() { reason, ...content }: PolicyOrderDto,
    @Expected() expected: Precondition,
    @Actor() author: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyView> {
    const document = await this.book.put({ name, content, expected, author, reason });
    void reply.status(expected.kind === 'absent' ? 201 : 200);
    return tagged(viewOf(document), reply);
  }

  /** Ends the policy. Its versions are kept, and a policy of the same name goes on counting them. */
  @Requires('admin')
  @Delete(':name')
  @HttpCode(204)
  async remove(
    @Param() { name }: NameDto,
    @Query() { reason }: DeletionQueryDto,
    @Expected() expected: Precondition,
    @Actor() author: string,
  ): Promise<void> {
    await this.book.remove({ name, expected, author, reason });
  }
}

function viewOf(document: Document<PolicyDocument>): PolicyView {
  return { ...policyOf(document), changed: noteOf(document) };
}

function defaultView(policy: Policy): PolicyView {
  return { ...policy, changed: null };
}

function tagged(view: PolicyView, reply: FastifyReply): PolicyView {
  void reply.header('etag', versionTag(view.version));
  return view;
}

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Body, Controller, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { gameVersionId, SemVer, Slug, subjectId, Timestamp } from '@croupier/contracts';
import { Actor, AuditTrail, ProblemException, Requires } from '@croupier/service-kit';
import { ZodResponse, createZodDto } from 'nestjs-zod';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { GatewayConfig } from '../gateway-config';
import { OverrideGrants } from './override-grants';
import { testerFilePath } from './tester-file';
import { Testers } from './testers';

const LONGEST_SECONDS = 30 * 24 * 3_600;

class GrantRequest extends createZodDto(
  z.strictObject({
    provider: Slug,
    game: Slug,
    version: SemVer,
    ttlSeconds: z.int().min(1).max(LONGEST_SECONDS).default(3_600),
  }),
) {}

class Grant extends createZodDto(
  z.object({
    /** For `x-croupier-override`, or the cookie `croupier-override`, of a launch. */
    grant: z.string(),
    expiresAt: Timestamp,
    /** Path on the gateway under which the version answers, without a session. */
    previewPath: z.string(),
  }),
) {}

class TestersDto extends createZodDto(Testers) {}

/** Who may get a version that the weights would not give. */
@ApiTags('overrides')
@Controller('v1/overrides')
export class OverrideController {
  private readonly grants: OverrideGrants;
  private readonly path: string | undefined;
  private readonly gatewayId: string;

  constructor(
    { sessionSecret, stateDirectory, gatewayId }: GatewayConfig,
    private readonly dataSource: DataSource,
    private readonly audit: AuditTrail,
  ) {
    this.gatewayId = gatewayId;
    this.grants = new OverrideGrants(sessionSecret);
    this.path = testerFilePath(stateDirectory);
  }

  /** A grant to get this version, for as long as it is routed. */
  @Requires('operator')
  @Post('grants')
  @HttpCode(201)
  @ZodResponse({ status: 201, type: Grant })
  async grant(
    @Body() { ttlSeconds, ...override }: GrantRequest,
    @Actor() actor: string,
  ): Promise<z.infer<typeof Grant.schema>> {
    const { grant, expiresAt } = this.grants.issue(override, ttlSeconds);
    const { provider, game, version } = override;
    const object = { type: 'version', id: gameVersionId(subjectId(provider, game), version) };
    const change = { provider, actor, action: 'override.granted', object, after: { expiresAt } };
    await this.dataSource.transaction((tx) => this.audit.record(tx, change));
    return { grant, expiresAt: expiresAt.toISOString(), previewPath: `/preview/${grant}/` };
  }

  /** The testers of this gateway. */
  @Requires('viewer')
  @Get('testers')
  @ZodResponse({ status: 200, type: TestersDto })
  async testers(): Promise<Testers> {
    if (this.path === undefined) return { groups: {}, rules: [] };
    try {
      return Testers.parse(JSON.parse(await readFile(this.path, 'utf8')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { groups: {}, rules: [] };
      throw error;
    }
  }

  /** Replaces the testers of this gateway; its workers know within a second. */
  @Requires('operator')
  @Put('testers')
  @ZodResponse({ status: 200, type: TestersDto })
  async replaceTesters(@Body() testers: TestersDto, @Actor() actor: string): Promise<Testers> {
    if (this.path === undefined) throw nowhereToKeepTesters();
    // They are in a file: told before it is written, so that nothing is changed untold.
    const before = await this.testers();
    const object = { type: 'testers', id: this.gatewayId };
    const change = { actor, action: 'testers.replaced', object, before, after: testers };
    await this.dataSource.transaction((tx) => this.audit.record(tx, change));
    const unfinished = `${this.path}.${process.pid}.new`;
    await mkdir(dirname(this.path), { recursive: true });
    await writeFile(unfinished, JSON.stringify(testers));
    await rename(unfinished, this.path);
    return testers;
  }
}

function nowhereToKeepTesters(): ProblemException {
  return new ProblemException({
    slug: 'no-state-directory',
    status: 409,
    title: 'This gateway has no place to keep testers',
    remedy: 'Set STATE_DIR on the gateway.',
  });
}

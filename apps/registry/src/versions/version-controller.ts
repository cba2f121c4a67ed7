import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Channel, GameManifest, SemVer, Slug, VersionDetail, VersionView } from '@croupier/contracts';
import { Public, Requires, inPath } from '@croupier/service-kit';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { ManifestReader } from './manifest-reader';
import { unknownVersion } from './unknown-version';
import { VersionRepository } from './version-repository';
import { viewOf } from './version-view';

const VersionList = z.object({ versions: z.array(VersionView), nextCursor: SemVer.nullable() });

class GameParamsDto extends createZodDto(z.object({ provider: Slug, game: Slug })) {}
class VersionParamsDto extends createZodDto(z.object({ provider: Slug, game: Slug, version: SemVer })) {}
class VersionListQueryDto extends createZodDto(
  z.object({
    channel: Channel.optional(),
    /** The `nextCursor` of the page before. */
    cursor: SemVer.optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
) {}
class VersionListDto extends createZodDto(VersionList) {}
class VersionDetailDto extends createZodDto(VersionDetail) {}
class GameManifestDto extends createZodDto(GameManifest) {}

@ApiTags('versions')
@Controller('v1/games/:provider/:game/versions')
export class VersionController {
  constructor(
    private readonly versions: VersionRepository,
    private readonly manifests: ManifestReader,
  ) {}

  /** Newest first in SemVer order, whatever order they arrived in. */
  @Requires('viewer', inPath())
  @Get()
  @ZodResponse({ type: VersionListDto })
  async list(
    @Param() game: GameParamsDto,
    @Query() { channel, cursor, limit }: VersionListQueryDto,
  ): Promise<z.infer<typeof VersionList>> {
    const found = await this.versions.list(game, cursor, channel, limit + 1);
    const page = found.slice(0, limit);
    return {
      versions: page.map(viewOf),
      nextCursor: found.length > limit ? (page.at(-1)?.version ?? null) : null,
    };
  }

  @Requires('viewer', inPath())
  @Get(':version')
  @ZodResponse({ type: VersionDetailDto })
  async one(@Param() version: VersionParamsDto): Promise<VersionDetail> {
    const [record, files] = await Promise.all([this.versions.find(version), this.versions.files(version)]);
    if (!record) throw unknownVersion(version);
    const { releaseNotes, requires } = record;
    return { ...viewOf(record), releaseNotes, requires, files };
  }

  /** As the provider published it, to the byte: its SHA-256 is the version's digest. */
  @Get(':version/manifest')
  @Public()
  @Header('content-type', 'application/json; charset=utf-8')
  @ApiOkResponse({ type: GameManifestDto })
  async manifest(@Param() version: VersionParamsDto): Promise<string> {
    const manifest = await this.manifests.read(version);
    if (manifest === undefined) throw unknownVersion(version);
    return manifest;
  }
}

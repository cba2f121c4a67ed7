import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { GameManifest, ManifestFile, Market, SemVer, Sha256, Slug, Timestamp } from '@croupier/contracts';
import { ProblemException, Public } from '@croupier/service-kit';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { Pool } from '../pools/pool';
import { ManifestReader } from './manifest-reader';
import { VersionRepository, type GameVersion, type VersionRecord } from './version-repository';

const VersionView = z.object({
  provider: Slug,
  game: Slug,
  version: SemVer,
  digest: Sha256,
  manifestUrl: z.url(),
  /** Where the provider says that the version is certified. */
  markets: z.array(Market),
  pool: Pool,
  announcedAt: Timestamp,
  registeredAt: Timestamp,
});
type VersionView = z.infer<typeof VersionView>;

const VersionList = z.object({ versions: z.array(VersionView), nextCursor: SemVer.nullable() });
const VersionDetail = VersionView.extend({ files: z.array(ManifestFile) });

class GameParamsDto extends createZodDto(z.object({ provider: Slug, game: Slug })) {}
class VersionParamsDto extends createZodDto(z.object({ provider: Slug, game: Slug, version: SemVer })) {}
class VersionListQueryDto extends createZodDto(
  z.object({
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
  @Get()
  @ZodResponse({ type: VersionListDto })
  async list(
    @Param() game: GameParamsDto,
    @Query() { cursor, limit }: VersionListQueryDto,
  ): Promise<z.infer<typeof VersionList>> {
    const found = await this.versions.list(game, cursor, limit + 1);
    const page = found.slice(0, limit);
    return {
      versions: page.map(viewOf),
      nextCursor: found.length > limit ? (page.at(-1)?.version ?? null) : null,
    };
  }

  @Get(':version')
  @ZodResponse({ type: VersionDetailDto })
  async one(@Param() version: VersionParamsDto): Promise<z.infer<typeof VersionDetail>> {
    const [record, files] = await Promise.all([this.versions.find(version), this.versions.files(version)]);
    if (!record) throw unknownVersion(version);
    return { ...viewOf(record), files };
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

function unknownVersion({ provider, game, version }: GameVersion): ProblemException {
  return new ProblemException({
    slug: 'unknown-version',
    status: 404,
    title: 'There is no such version',
    detail: `${provider}/${game} has no registered version ${version}.`,
    remedy: `GET /v1/games/${provider}/${game}/versions lists them.`,
  });
}

function viewOf({ announcedAt, registeredAt, markets, ...rest }: VersionRecord): VersionView {
  return {
    ...rest,
    markets: [...markets],
    announcedAt: announcedAt.toISOString(),
    registeredAt: registeredAt.toISOString(),
  };
}

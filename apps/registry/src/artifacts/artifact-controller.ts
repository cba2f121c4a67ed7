import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { Controller, Get, HttpCode, Logger, Param, Post, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { SemVer, Sha256, Slug, Timestamp } from '@croupier/contracts';
import { OutboundHttpError, ProblemException, Requires, inPath } from '@croupier/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { VersionRepository, type GameVersion } from '../versions/version-repository';
import { ArtifactRecords, type ArtifactRecord } from './artifact-records';
import { ArtifactSources } from './artifact-sources';
import { ArtifactRecheck } from './rechecks/artifact-recheck';
import { Refused } from './rejections/rejection';

const Part = z.object({ digest: z.string(), mediaType: z.string(), sizeBytes: z.number() });

const ArtifactView = z.object({
  provider: Slug,
  game: Slug,
  version: SemVer,
  repository: z.enum(['https', 'nexus', 'artifactory', 'oci']),
  /** As it was announced. */
  reference: z.string(),
  /** Where it was found, by digest where the repository knows digests. */
  pinned: z.string(),
  /** What the repository names it by; null on a plain web server. */
  digest: z.string().nullable(),
  manifestDigest: Sha256,
  bytesFetched: z.number(),
  /** Fingerprint of the key whose signature was valid: SHA-256 of its DER form. */
  signedBy: Sha256.nullable(),
  /** Blobs of an image, each of which was read and had its digest. */
  parts: z.array(Part),
  /** What refers to it: signatures, SBOMs, attestations. */
  referrers: z.array(Part.extend({ artifactType: z.string().nullable() })),
  fetchedAt: Timestamp,
  /** When its source was last looked at, and what was found; null before the first look. */
  checkedAt: Timestamp,
  checkOutcome: z.enum(['same', 'republished', 'gone']).nullable(),
});
type ArtifactView = z.infer<typeof ArtifactView>;

class VersionParamsDto extends createZodDto(z.object({ provider: Slug, game: Slug, version: SemVer })) {}
class ArtifactViewDto extends createZodDto(ArtifactView) {}
class RecheckDto extends createZodDto(z.object({ outcome: z.enum(['same', 'republished', 'gone']) })) {}

/** What the manifest is served as; a file of that name in the version comes before it. */
const MANIFEST_NAME = 'croupier.json';

@ApiTags('artifacts')
@Controller('v1/games/:provider/:game/versions/:version')
export class ArtifactController {
  private readonly logger = new Logger(ArtifactController.name);

  constructor(
    private readonly records: ArtifactRecords,
    private readonly versions: VersionRepository,
    private readonly sources: ArtifactSources,
    private readonly rechecks: ArtifactRecheck,
  ) {}

  /** Where the version was fetched from, and what was found there. */
  @Requires('viewer', inPath(), { services: true })
  @Get('artifact')
  @ZodResponse({ type: ArtifactViewDto })
  async artifact(@Param() version: VersionParamsDto): Promise<ArtifactView> {
    return viewOf(await this.recordOf(version));
  }

  /** Looks now whether the source still has what was registered. */
  @Requires('operator', inPath())
  @Post('artifact/recheck')
  @HttpCode(200)
  @ZodResponse({ type: RecheckDto })
  async recheck(@Param() version: VersionParamsDto): Promise<z.infer<typeof RecheckDto.schema>> {
    try {
      return { outcome: await this.rechecks.recheck(await this.recordOf(version)) };
    } catch (error) {
      throw error instanceof OutboundHttpError ? unreachable(error.message) : error;
    }
  }

  /** A file of the version, fetched from its repository. Ends early when its bytes are not those that were registered. */
  @Requires('viewer', inPath(), { services: true })
  @Get('files/*')
  @ApiOkResponse({ content: { 'application/octet-stream': {} } })
  async file(
    @Param() version: VersionParamsDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const path = (request.params as Record<string, string>)['*'] ?? '';
    const [record, files] = await Promise.all([this.recordOf(version), this.versions.files(version)]);
    const file = files.find((candidate) => candidate.path === path);
    if (!file && path === MANIFEST_NAME) {
      const text = await this.versions.manifestText(version);
      await reply.type('application/json; charset=utf-8').send(text);
      return;
    }
    if (!file) throw unknownFile(version, path);
    try {
      await this.sources.read({ pinned: record.pinned, ...file }, async (chunks, { status }) => {
        if (status !== 200) throw new Refused('unreachable', `its repository answered ${status}`);
        await send(chunks, file, reply);
      });
    } catch (error) {
      if (!(error instanceof Refused || error instanceof OutboundHttpError)) throw error;
      this.logger.warn(`${record.pinned} ${path}: ${error.message}`);
      // With a body begun, all that is left is not to end it.
      if (reply.raw.headersSent) reply.raw.destroy();
      else throw unreachable(error.message);
    }
  }

  private async recordOf(version: GameVersion): Promise<ArtifactRecord> {
    const record = await this.records.find(version);
    if (record) return record;
    throw new ProblemException({
      slug: 'unknown-artifact-record',
      status: 404,
      title: 'There is no record of where this version came from',
      detail: `${version.provider}/${version.game}@${version.version} is not registered, or was before sources were recorded.`,
      remedy: `GET /v1/games/${version.provider}/${version.game}/versions lists what is registered.`,
    });
  }
}

/** Sends the bytes on as they come, and the last of them only when the whole has the digest that it must have. */
async function send(
  chunks: AsyncIterable<Buffer>,
  { sizeBytes, sha256 }: { sizeBytes: number; sha256: string },
  reply: FastifyReply,
): Promise<void> {
  const hash = createHash('sha256');
  let held: Buffer | null = null;
  reply.hijack();
  const out = reply.raw;
  out.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': sizeBytes,
    etag: `"${sha256}"`,
    'x-content-type-options': 'nosniff',
  });
  for await (const chunk of chunks) {
    hash.update(chunk);
    if (held !== null && !out.write(held) && !out.destroyed)
      await Promise.race([once(out, 'drain'), once(out, 'close')]);
    if (out.destroyed) return;
    held = chunk;
  }
  if (hash.digest('hex') !== sha256) throw new Refused('digest-mismatch', `its SHA-256 is not ${sha256}`);
  out.end(held ?? undefined);
}

function unknownFile({ provider, game, version }: GameVersion, path: string): ProblemException {
  return new ProblemException({
    slug: 'unknown-file',
    status: 404,
    title: 'The version has no such file',
    detail: `${provider}/${game}@${version} has no file ${path}.`,
    remedy: `GET /v1/games/${provider}/${game}/versions/${version} lists its files.`,
  });
}

function unreachable(why: string): ProblemException {
  return new ProblemException({
    slug: 'artifact-unreachable',
    status: 502,
    title: 'The repository does not give what was registered',
    detail: why,
    remedy: 'Try again; if it stays so, look at the repository.',
  });
}

function viewOf({ source: _, servedByOrigin: __, ...record }: ArtifactRecord): ArtifactView {
  return {
    ...record,
    parts: [...record.parts],
    referrers: [...record.referrers],
    fetchedAt: record.fetchedAt.toISOString(),
    checkedAt: record.checkedAt.toISOString(),
  };
}

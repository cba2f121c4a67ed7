import { gameVersionId, SemVer, Slug, subjectId, type GameVersionId } from '@croupier/contracts';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import type { GameVersion } from './version-repository';

const VersionParams = z.object({
  /** `provider/game@version`, percent-encoded as one segment of the path. */
  id: z.string().refine((id) => partsOf(id) !== null, 'must be provider/game@version'),
});

export class VersionIdDto extends createZodDto(VersionParams) {}

export function idOf({ provider, game, version }: GameVersion): GameVersionId {
  return gameVersionId(subjectId(provider, game), version);
}

/** Of an id that has been parsed. */
export function versionOf(id: string): GameVersion {
  const parts = partsOf(id);
  if (!parts) throw new TypeError(`${id} is no id of a version`);
  return parts;
}

function partsOf(id: string): GameVersion | null {
  const [, provider = '', game = '', version = ''] = /^([^/]*)\/([^@]*)@(.*)$/.exec(id) ?? [];
  const isVersion =
    Slug.safeParse(provider).success && Slug.safeParse(game).success && SemVer.safeParse(version).success;
  return isVersion ? { provider, game, version } : null;
}

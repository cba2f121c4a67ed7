import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CatalogFilter, GameDetail, GameView, Slug, SubjectId, subjectId } from '@croupier/contracts';
import { inPath, Requires } from '@croupier/service-kit';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import type { Game } from '../versions/version-repository';
import { CatalogRepository } from './catalog-repository';
import { unknownGame } from './unknown-game';

const GameList = z.object({ games: z.array(GameView), nextCursor: SubjectId.nullable() });

class GameParamsDto extends createZodDto(z.object({ provider: Slug, game: Slug })) {}
class GameDetailDto extends createZodDto(GameDetail) {}
class GameListDto extends createZodDto(GameList) {}
class GameListQueryDto extends createZodDto(
  CatalogFilter.extend({
    /** The `nextCursor` of the page before. */
    cursor: SubjectId.optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
) {}

@ApiTags('games')
@Controller('v1/games')
export class CatalogController {
  constructor(private readonly catalog: CatalogRepository) {}

  /** Games and modules whose latest version fits, by provider and name. */
  @Requires('viewer')
  @Get()
  @ZodResponse({ type: GameListDto })
  async list(@Query() { cursor, limit, ...filter }: GameListQueryDto): Promise<z.infer<typeof GameList>> {
    const found = await this.catalog.list(filter, cursor && gameOf(cursor), limit + 1);
    const games = found.slice(0, limit);
    const last = games.at(-1);
    return {
      games,
      nextCursor: found.length > limit && last ? subjectId(last.provider, last.game) : null,
    };
  }

  /** A game or module with what its versions are: the latest of each channel, by pool, and by market. */
  @Requires('viewer', inPath())
  @Get(':provider/:game')
  @ZodResponse({ type: GameDetailDto })
  async one(@Param() game: GameParamsDto): Promise<GameDetail> {
    const found = await this.catalog.find(game);
    if (!found) throw unknownGame(game);
    return found;
  }
}

function gameOf(subject: SubjectId): Game {
  const [provider = '', game = ''] = subject.split('/');
  return { provider, game };
}

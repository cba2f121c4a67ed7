import { Injectable } from '@nestjs/common';
import { subjectId, type Impact, type Requirement } from '@croupier/contracts';
import { DataSource } from 'typeorm';
import { unknownVersion } from '../versions/unknown-version';
import type { GameVersion } from '../versions/version-repository';
import { impactOf, type Bringing, type Dependant, type Required } from './impact';

/** Of one version. Who has more dependants than that reads the rest with `GET /v1/versions?requires=`. */
const MOST_DEPENDANTS = 500;

@Injectable()
export class ImpactReader {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws ProblemException */
  async read(version: GameVersion): Promise<Impact> {
    const { provider, game } = version;
    const [next, present, dependants, required] = await Promise.all([
      this.bringing('version = $3', [provider, game, version.version]),
      this.bringing(`pool = 'production'`, [provider, game]),
      this.dependants(subjectId(provider, game)),
      this.required(version),
    ]);
    if (!next) throw unknownVersion(version);
    return impactOf({ subject: { provider, game }, next, present, dependants, required });
  }

  private async bringing(which: string, parameters: readonly string[]): Promise<Bringing | null> {
    const [row] = await this.dataSource.query<Bringing[]>(
      `SELECT version, coalesce(manifest::json -> 'migrations', '[]') AS migrations,
              coalesce(manifest::json -> 'flags', '[]') AS flags,
              (SELECT coalesce(json_agg(json_build_object('path', path, 'sha256', sha256) ORDER BY path), '[]')
                 FROM version_files f
                WHERE (f.provider, f.game, f.version) = (v.provider, v.game, v.version)) AS files
         FROM versions v WHERE (provider, game) = ($1, $2) AND ${which}`,
      [...parameters],
    );
    return row ?? null;
  }

  private dependants(subject: string): Promise<Dependant[]> {
    return this.dataSource.query<Dependant[]>(
      `SELECT provider, game, version, v.pool, r.range
         FROM version_requirements r JOIN versions v USING (provider, game, version)
        WHERE r.subject = $1 AND v.pool IN ('staging', 'production')
        ORDER BY provider, game, v.precedence LIMIT ${MOST_DEPENDANTS}`,
      [subject],
    );
  }

  private async required({ provider, game, version }: GameVersion): Promise<Required[]> {
    return this.dataSource.query<(Requirement & Required)[]>(
      `SELECT r.subject, r.range, g.production_version AS "productionVersion",
              (SELECT coalesce(json_agg(v.version), '[]') FROM versions v
                WHERE (v.provider, v.game) = (g.provider, g.game) AND v.pool <> 'revoked') AS versions
         FROM version_requirements r
         LEFT JOIN games g ON g.provider = split_part(r.subject, '/', 1) AND g.game = split_part(r.subject, '/', 2)
        WHERE (r.provider, r.game, r.version) = ($1, $2, $3) ORDER BY r.subject`,
      [provider, game, version],
    );
  }
}

import { Injectable } from '@nestjs/common';
import { subjectId, type Impact } from '@croupier/contracts';
import { queryPrepared } from '@croupier/persistence';
import { DataSource } from 'typeorm';
import { unknownVersion } from '../versions/unknown-version';
import type { GameVersion } from '../versions/version-repository';
import { impactOf, type Bringing, type Dependant, type Required } from './impact';

/** Of one version. Who has more dependants than that reads the rest with `GET /v1/versions?requires=`. */
const MOST_DEPENDANTS = 500;

interface Row {
  readonly next: Bringing | null;
  readonly present: Bringing | null;
  readonly dependants: Dependant[];
  readonly required: Required[];
}

const bringing = (which: string): string => `
  SELECT row_to_json(brought) FROM (
    SELECT version, coalesce(manifest::json -> 'migrations', '[]') AS migrations,
           coalesce(manifest::json -> 'flags', '[]') AS flags,
           (SELECT coalesce(json_agg(json_build_object('path', path, 'sha256', sha256) ORDER BY path), '[]')
              FROM version_files f
             WHERE (f.provider, f.game, f.version) = (v.provider, v.game, v.version)) AS files
      FROM versions v WHERE (provider, game) = ($1, $2) AND ${which}) AS brought`;

const DEPENDANTS = `
  SELECT coalesce(json_agg(dependant), '[]') FROM (
    SELECT provider, game, version, v.pool, r.range
      FROM version_requirements r JOIN versions v USING (provider, game, version)
     WHERE r.subject = $4 AND v.pool IN ('staging', 'production')
     ORDER BY provider, game, v.precedence LIMIT ${MOST_DEPENDANTS}) AS dependant`;

const REQUIRED = `
  SELECT coalesce(json_agg(required), '[]') FROM (
    SELECT r.subject, r.range, g.production_version AS "productionVersion",
           (SELECT coalesce(json_agg(v.version), '[]') FROM versions v
             WHERE (v.provider, v.game) = (g.provider, g.game) AND v.pool <> 'revoked') AS versions
      FROM version_requirements r
      LEFT JOIN games g ON g.provider = split_part(r.subject, '/', 1) AND g.game = split_part(r.subject, '/', 2)
     WHERE (r.provider, r.game, r.version) = ($1, $2, $3) ORDER BY r.subject) AS required`;

const IMPACT = `SELECT (${bringing('version = $3')}) AS next, (${bringing(`pool = 'production'`)}) AS present,
  (${DEPENDANTS}) AS dependants, (${REQUIRED}) AS required`;

@Injectable()
export class ImpactReader {
  constructor(private readonly dataSource: DataSource) {}

  /** In one round trip. @throws ProblemException */
  async read(id: GameVersion): Promise<Impact> {
    const { provider, game, version } = id;
    const values = [provider, game, version, subjectId(provider, game)];
    const [row] = await queryPrepared<Row>(this.dataSource, 'impact', IMPACT, values);
    if (!row?.next) throw unknownVersion(id);
    const { next, present, dependants, required } = row;
    return impactOf({ subject: { provider, game }, next, present, dependants, required });
  }
}

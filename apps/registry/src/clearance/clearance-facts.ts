import { Injectable } from '@nestjs/common';
import type { Channel, Pool } from '@croupier/contracts';
import { queryPreparedIn, type Transaction } from '@croupier/persistence';
import type { GameVersion } from '../versions/version-repository';
import type { CertifiableVersion, Certificate, Disablement } from './verdict';

export interface ClearanceFactsOf extends CertifiableVersion, GameVersion {
  readonly clearedMarkets: readonly string[];
  readonly clearanceRevision: number;
  /** Whether it was told that it is revoked. */
  readonly clearanceRevoked: boolean;
  readonly channel: Channel;
  readonly pool: Pool;
}

export type ClearanceFactsRow = Omit<ClearanceFactsOf, 'certificates' | 'disablements'> & {
  readonly certificates: readonly (Omit<Certificate, 'validFrom' | 'validTo' | 'withdrawnAt'> & {
    readonly validFrom: string;
    readonly validTo: string | null;
    readonly withdrawnAt: string | null;
  })[];
  readonly disablements: readonly Disablement[];
};

/** Of versions `v`. @param which of their certificates `c`, as a condition */
export const clearanceFactsSql = (which: string): string => `
  SELECT v.provider, v.game, v.version, v.kind, v.digest, v.markets, v.rtp_variants AS "rtpVariants",
         v.cleared_markets AS "clearedMarkets", v.clearance_revision AS "clearanceRevision",
         v.clearance_revoked AS "clearanceRevoked", v.channel, v.pool, r.reason AS "revokedBecause",
         coalesce(c.certificates, '[]') AS certificates, coalesce(d.disablements, '[]') AS disablements
    FROM versions v
    LEFT JOIN revocations r USING (provider, game, version)
    LEFT JOIN LATERAL (
      SELECT json_agg(json_build_object('market', c.market, 'certificate', c.certificate, 'laboratory', c.laboratory,
               'digest', c.digest, 'rtp', c.rtp, 'validFrom', c.valid_from, 'validTo', c.valid_to,
               'withdrawnAt', c.withdrawn_at)) AS certificates
        FROM certificates c
       WHERE (c.provider, c.game, c.version) = (v.provider, v.game, v.version)
         AND ${which}
    ) c ON true
    LEFT JOIN LATERAL (
      SELECT json_agg(json_build_object('markets', d.markets, 'reason', d.reason) ORDER BY d.id) AS disablements
        FROM disablements d
       WHERE (d.provider, d.game) = (v.provider, v.game) AND d.lifted_at IS NULL
         AND (d.version IS NULL OR d.version = v.version)
    ) d ON true`;

/** All that decides where versions may be dealt. */
@Injectable()
export class ClearanceFacts {
  async of(tx: Transaction, versions: readonly GameVersion[]): Promise<ClearanceFactsOf[]> {
    const rows = await queryPreparedIn<ClearanceFactsRow>(
      tx,
      'clearance-facts',
      `${clearanceFactsSql('true')}
        WHERE (v.provider, v.game, v.version) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))`,
      [
        versions.map(({ provider }) => provider),
        versions.map(({ game }) => game),
        versions.map(({ version }) => version),
      ],
    );
    return rows.map(factsOf);
  }
}

export function factsOf({ certificates, ...row }: ClearanceFactsRow): ClearanceFactsOf {
  return {
    ...row,
    certificates: certificates.map(({ validFrom, validTo, withdrawnAt, ...rest }) => ({
      ...rest,
      validFrom: new Date(validFrom),
      validTo: validTo === null ? null : new Date(validTo),
      withdrawnAt: withdrawnAt === null ? null : new Date(withdrawnAt),
    })),
  };
}

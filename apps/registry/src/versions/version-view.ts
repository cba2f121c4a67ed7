import type { VersionView } from '@croupier/contracts';
import { idOf } from './version-id';
import type { VersionRecord } from './version-repository';

export function viewOf(record: VersionRecord): VersionView {
  return {
    id: idOf(record),
    provider: record.provider,
    game: record.game,
    version: record.version,
    originalVersion: record.originalVersion,
    kind: record.kind,
    title: record.title,
    channel: record.channel,
    digest: record.digest,
    manifestUrl: record.manifestUrl,
    markets: [...record.markets],
    clearedMarkets: [...record.clearedMarkets],
    clearanceRevision: record.clearanceRevision,
    rtpVariants: [...record.rtpVariants],
    currencies: [...record.currencies],
    languages: [...record.languages],
    devices: [...record.devices],
    pool: record.pool,
    announcedAt: record.announcedAt.toISOString(),
    registeredAt: record.registeredAt.toISOString(),
  };
}

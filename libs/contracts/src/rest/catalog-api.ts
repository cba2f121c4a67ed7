import { z } from 'zod';
import {
  GameVersionId,
  LineOfText,
  Market,
  SemVer,
  Sha256,
  Slug,
  SubjectId,
  Timestamp,
} from '../identifiers';
import { Channel, Currency, Device, Language, ManifestFile, Rtp, SubjectKind } from '../manifest';
import { Requirement } from '../release-plan';
import { Pool } from './pool-api';

/** What can be asked for of games and of versions alike. All that is given has to fit. */
export const CatalogFilter = z.object({
  /** Words of titles, names and release notes, all of them; `luck*` stands for all words that begin with it. */
  q: LineOfText.trim().min(1).max(200).optional(),
  provider: Slug.optional(),
  kind: SubjectKind.optional(),
  channel: Channel.optional(),
  /** Supports this market. */
  market: Market.optional(),
  currency: Currency.optional(),
  language: Language.optional(),
  device: Device.optional(),
});
export type CatalogFilter = z.infer<typeof CatalogFilter>;

export const VersionFilter = CatalogFilter.extend({
  game: Slug.optional(),
  pool: Pool.optional(),
  /** May be dealt in this market now. */
  clearedIn: Market.optional(),
  /** Requires this subject, in whatever versions. */
  requires: SubjectId.optional(),
  /** The provider's own name for it. */
  originalVersion: LineOfText.max(100).optional(),
});
export type VersionFilter = z.infer<typeof VersionFilter>;

/** A game or module, with the facts of its latest version. */
export const GameView = z.object({
  provider: Slug,
  game: Slug,
  kind: SubjectKind,
  title: z.string().nullable(),
  /** Highest in SemVer order. */
  latestVersion: SemVer,
  productionVersion: SemVer.nullable(),
  versionCount: z.int().min(1),
});
export type GameView = z.infer<typeof GameView>;

/** A game or module, with what all of its versions are. */
export const GameDetail = GameView.extend({
  /** Highest in SemVer order of each channel that has versions. */
  latestByChannel: z.partialRecord(Channel, SemVer),
  /** Of each pool that has versions, highest in SemVer order first, at most 100 a pool. */
  versionsByPool: z.partialRecord(Pool, z.array(SemVer)),
  /** Those that its latest version supports. */
  markets: z.array(Market),
  /** Those in which a version of it may be dealt, by market: the highest such version in SemVer order. */
  clearedByMarket: z.record(Market, SemVer),
});
export type GameDetail = z.infer<typeof GameDetail>;

export const VersionView = z.object({
  id: GameVersionId,
  provider: Slug,
  game: Slug,
  version: SemVer,
  /** The provider's own name for it, where that is not SemVer. */
  originalVersion: z.string().nullable(),
  kind: SubjectKind,
  title: z.string().nullable(),
  channel: Channel,
  digest: Sha256,
  manifestUrl: z.url(),
  /** Those that it supports. */
  markets: z.array(Market),
  /** Those in which it may be dealt. */
  clearedMarkets: z.array(Market),
  /** Rises with each change of what it is cleared for. */
  clearanceRevision: z.int(),
  rtpVariants: z.array(Rtp),
  currencies: z.array(Currency),
  languages: z.array(Language),
  devices: z.array(Device),
  pool: Pool,
  announcedAt: Timestamp,
  registeredAt: Timestamp,
});
export type VersionView = z.infer<typeof VersionView>;

export const VersionDetail = VersionView.extend({
  releaseNotes: z.string(),
  requires: z.array(Requirement),
  files: z.array(ManifestFile),
});
export type VersionDetail = z.infer<typeof VersionDetail>;

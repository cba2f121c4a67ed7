import {
  ChangeRequestDocument,
  EnvironmentDocument,
  FlagDocument,
  FlagTokenType,
  SegmentDocument,
  Slug,
  type FlagHistoryKind,
} from '@croupier/contracts';
import { z } from 'zod';

/** A token as it is kept: whoever reads the database cannot use it. */
const TokenDocument = z.object({ type: FlagTokenType, environment: Slug, secretSha256: z.string() });

/** A flag that is off everywhere, and where it was on before. */
const KillDocument = z.object({
  environments: z.array(Slug),
  reason: z.string(),
  actor: z.string(),
  at: z.string(),
});
export type KillDocument = z.infer<typeof KillDocument>;

/** What the ledger keeps, by kind. */
export const DOCUMENTS = {
  flag: FlagDocument,
  segment: SegmentDocument,
  environment: EnvironmentDocument,
  token: TokenDocument,
  'change-request': ChangeRequestDocument,
  kill: KillDocument,
} as const satisfies Record<FlagHistoryKind, z.ZodType>;

export type Kind = FlagHistoryKind;
export type DocumentOf<K extends Kind> = z.infer<(typeof DOCUMENTS)[K]>;

export function documentOf<K extends Kind>(kind: K, stored: unknown): DocumentOf<K> | null {
  return stored === null ? null : (DOCUMENTS[kind].parse(stored) as DocumentOf<K>);
}

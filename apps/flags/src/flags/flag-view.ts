import type { FlagDocument, FlagType, FlagView } from '@croupier/contracts';
import type { Entry } from '../ledger/ledger';
import type { KillDocument } from '../ledger/documents';
import { settingsIn } from './flag-settings';

const DAY_MS = 24 * 60 * 60_000;

/** Days; null for ever. As Unleash has them (https://docs.getunleash.io/reference/feature-toggle-types#expected-lifetime). */
const EXPECTED_LIFETIME: Record<FlagType, number | null> = {
  release: 40,
  experiment: 40,
  operational: 7,
  'kill-switch': null,
  permission: null,
};

export function flagView(
  { name, document, version, createdAt, updatedAt }: Entry<'flag'>,
  kill: KillDocument | null,
  releaseEnvironment: string,
  now: number,
): FlagView {
  return {
    name,
    version,
    ...document,
    enabled: settingsIn(document, releaseEnvironment).enabled,
    killed: kill && { reason: kill.reason, actor: kill.actor, at: kill.at },
    potentiallyStale: isOverdue(document, createdAt, now),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

function isOverdue({ type }: FlagDocument, createdAt: Date, now: number): boolean {
  const days = EXPECTED_LIFETIME[type];
  return days !== null && now - createdAt.getTime() > days * DAY_MS;
}

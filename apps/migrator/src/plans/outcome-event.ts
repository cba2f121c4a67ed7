import type { CloudEvent, MigrationOutcome } from '@croupier/contracts';
import { newEvent } from '@croupier/messaging';
import type { Release, Result } from './run';

type OutcomeType = 'migration.planned' | 'migration.applied' | 'migration.reverted' | 'migration.failed';

export function outcomeEvent(
  type: OutcomeType,
  { releaseId, provider, game, version }: Release,
  { scripts, detail }: Result,
): CloudEvent<OutcomeType, MigrationOutcome> {
  return newEvent(
    type,
    { releaseId, provider, game, version, scripts: [...scripts], detail },
    { source: 'croupier/migrator', subject: `${provider}/${game}` },
  );
}

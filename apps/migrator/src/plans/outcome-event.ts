import type { CloudEvent, EventType, MigrationOutcome } from '@croupier/contracts';
import { newEvent } from '@croupier/messaging';
import type { Release, Result } from './run';

type OutcomeType = Extract<EventType, `migration.${string}`>;

export function outcomeEvent(
  type: OutcomeType,
  { releaseId, provider, game, version }: Release,
  { scripts, detail }: Pick<Result, 'scripts' | 'detail'>,
): CloudEvent<OutcomeType, MigrationOutcome> {
  return newEvent(
    type,
    { releaseId, provider, game, version, scripts: [...scripts], detail },
    { source: 'croupier/migrator', subject: `${provider}/${game}` },
  );
}

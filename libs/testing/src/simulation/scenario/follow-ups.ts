import type { ReleaseId } from '@croupier/contracts';
import type { DueRelease, ReleasePlan } from '@croupier/rollout';
import type { Random } from '../clockwork/random';
import type { Registry } from './registry';
import { drawPlan } from './release-plan';

/** Plans of the releases that clearances call for. */
export class FollowUps {
  private planned = 0;

  constructor(
    private readonly random: Random,
    private readonly registry: Registry,
  ) {}

  planOf(subject: string, due: DueRelease): ReleasePlan {
    const [provider, game] = subject.split('/') as [string, string];
    const version = this.registry.find({ provider, game, version: due.version })!;
    this.planned += 1;
    const id = `9${String(this.planned).padStart(7, '0')}-0000-4000-8000-000000000000` as ReleaseId;
    const strategy = due.kind === 'stand-in' ? 'rollback' : 'canary';
    const plan = { ...drawPlan(this.random, id, version, strategy, []), approvalsRequired: 0 };
    return due.kind === 'stand-in'
      ? { ...plan, standsInFor: due.standsInFor }
      : { ...plan, markets: due.markets };
  }
}

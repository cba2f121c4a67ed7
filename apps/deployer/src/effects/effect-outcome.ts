import type { Transaction } from '@croupier/persistence';
import type { RolloutInput } from '@croupier/rollout';

/** What an effect leaves to be made durable together with the fact that it is done. */
export interface EffectOutcome {
  readonly store?: (tx: Transaction) => Promise<void>;
  /** What the rollout is told. */
  readonly input?: RolloutInput;
  readonly afterCommit?: () => void | Promise<void>;
}

import type { RolloutInput } from '@croupier/rollout';
import type { EffectPerformer, OutsideEffect } from '../src/ports/effect-performer';
import type { StoredRelease } from '../src/ports/release-store';

/** One effect under way, to be ended by the test. */
export interface Performance {
  readonly effect: OutsideEffect;
  readonly fencingToken: number;
  succeed(input?: RolloutInput | null): Promise<void>;
  fail(reason: string): Promise<void>;
}

/** Leaves everything it is told to do under way. */
export class ScriptedPerformer implements EffectPerformer {
  readonly performances: Performance[] = [];

  perform(
    effect: OutsideEffect,
    _release: StoredRelease,
    fencingToken: number,
  ): Promise<RolloutInput | null> {
    return new Promise((resolve, reject) => {
      this.performances.push({
        effect,
        fencingToken,
        succeed: (input = null) => settled(() => resolve(input)),
        fail: (reason) => settled(() => reject(new Error(reason))),
      });
    });
  }

  get kinds(): string[] {
    return this.performances.map(({ effect }) => effect.kind);
  }

  get last(): Performance {
    return this.performances.at(-1)!;
  }
}

/** Until what waits for it has gone on. */
async function settled(end: () => void): Promise<void> {
  end();
  await new Promise(setImmediate);
}

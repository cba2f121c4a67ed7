import { StaleLease } from '@croupier/orchestrator';
import type { Setting } from '../setting';

/** The network's or the store's failure, not the code's. */
export class CallFault extends Error {}

/** One process that calls and waits for answers; gone once it has crashed, deaf while it is paused. */
export interface Caller {
  readonly hasCrashed: boolean;
  /** Runs it when the process runs; never, once it has crashed. */
  deliver(run: () => void): void;
  /** A call has left it. */
  hasCalled(): void;
}

/** A call that is not answered by then is an error to the caller, in milliseconds. */
const CALL_TIMEOUT_MS = 2_000;

type Fate = 'answered' | 'refused' | 'unanswered';

/** Calls from a replica to a store or target. They take time, and may be done without being answered, or not at all. */
export class Wire {
  constructor(
    private readonly setting: Setting,
    private readonly caller: Caller,
  ) {}

  /** `act` is what happens at the other end, at one moment. */
  call<Answer>(act: () => Answer): Promise<Answer> {
    const answer = this.send(act);
    this.caller.hasCalled();
    return answer;
  }

  private send<Answer>(act: () => Answer): Promise<Answer> {
    const { time, random } = this.setting;
    const fate = this.drawFate();
    const latencyMs = this.drawLatency();
    const answerAfterMs = fate === 'unanswered' ? random.between(latencyMs, CALL_TIMEOUT_MS) : latencyMs;
    const place = random.next();
    return new Promise<Answer>((resolve, reject) => {
      let settle: () => void = () => reject(new CallFault('the call was lost on its way'));
      const arrive = (): void => {
        // A request that was under way as its sender crashed arrives, or does not.
        if (this.caller.hasCrashed && random.chance(0.5)) return;
        settle = this.outcomeOf(act, fate, resolve, reject);
      };
      const answer = (): void => this.caller.deliver(() => settle());
      if (fate === 'refused') return time.after(answerAfterMs, answer);
      if (fate === 'unanswered' && place < 0.15) {
        // The caller has given up, and it is done all the same.
        time.after(answerAfterMs, answer);
        return time.after(answerAfterMs + random.between(1, CALL_TIMEOUT_MS), arrive);
      }
      if (place < 0.45) {
        arrive();
        return time.after(answerAfterMs, answer);
      }
      if (place < 0.9 || answerAfterMs < 2) {
        return time.after(answerAfterMs, () => {
          arrive();
          answer();
        });
      }
      time.after(random.between(1, answerAfterMs - 1), arrive);
      time.after(answerAfterMs, answer);
    });
  }

  private outcomeOf<Answer>(
    act: () => Answer,
    fate: Fate,
    resolve: (answer: Answer) => void,
    reject: (error: unknown) => void,
  ): () => void {
    try {
      const answer = act();
      if (fate === 'unanswered') return () => reject(new CallFault('the answer was lost on its way'));
      return () => resolve(answer);
    } catch (error) {
      if (error instanceof StaleLease) this.setting.figures.staleRefusals += 1;
      return () => reject(error);
    }
  }

  private drawFate(): Fate {
    const { random, weather } = this.setting;
    if (!random.chance(weather.now.badCall)) return 'answered';
    this.setting.figures.lostCalls += 1;
    return random.chance(0.5) ? 'refused' : 'unanswered';
  }

  private drawLatency(): number {
    const { random, weather } = this.setting;
    return random.chance(weather.now.badCall) ? random.between(50, 1_500) : random.between(1, 4);
  }
}

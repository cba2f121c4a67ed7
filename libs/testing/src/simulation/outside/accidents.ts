import { isActive } from '@croupier/rollout';
import type { Setting } from '../setting';
import type { ReleaseLedger } from '../stores/release-ledger';
import type { DeployerApi } from './deployer-api';

/** Workloads that end by themselves: whoever keeps them tells the release, without a lease. */
export class Accidents {
  private accidents = 0;

  constructor(
    private readonly setting: Setting,
    private readonly ledger: ReleaseLedger,
    private readonly api: DeployerApi,
    private readonly everyMs: number,
  ) {}

  start(): void {
    const { time, random, weather } = this.setting;
    if (this.everyMs === Infinity) return;
    time.after(random.waiting(this.everyMs), () => {
      if (weather.isClear) return;
      const active = [...this.ledger.all()].filter(({ release }) => isActive(release.state));
      if (active.length > 0) {
        const { id } = random.pick(active).release;
        this.accidents += 1;
        this.api.tell(`accident ${this.accidents}`, id, { kind: 'workloadFailed', reason: 'exit code 1' });
      }
      this.start();
    });
  }
}

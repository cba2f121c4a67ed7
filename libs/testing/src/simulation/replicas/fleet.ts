import type { Ports } from '@croupier/orchestrator';
import type { Setting } from '../setting';
import { Replica } from './replica';

/** The deployer's replicas: some crash, stand still or leave, and others take their place. */
export class Fleet {
  private replicas: Replica[] = [];
  private born = 0;

  constructor(
    private readonly setting: Setting,
    private readonly portsOf: (replica: Replica) => Ports,
    private readonly stirred: () => void,
  ) {}

  start(size: number): void {
    for (let count = 0; count < size; count += 1) this.join();
  }

  /** Takes a message or a request from outside; undefined when none runs. */
  anyRunning(): Replica | undefined {
    const running = this.replicas.filter(({ isRunning }) => isRunning);
    return running.length === 0 ? undefined : this.setting.random.pick(running);
  }

  private join(): void {
    this.born += 1;
    const replica = new Replica(`deployer-${this.born}`, this.setting, this.portsOf, this.stirred);
    this.replicas = [...this.replicas.filter(({ hasCrashed }) => !hasCrashed), replica];
    replica.start();
    this.planCrash(replica);
    this.planPause(replica);
  }

  private planCrash(replica: Replica): void {
    const { time, random, weather } = this.setting;
    const { crashEveryMs } = weather.now;
    if (crashEveryMs === Infinity) return;
    time.after(random.waiting(crashEveryMs), () => {
      if (weather.isClear || replica.hasCrashed) return;
      if (random.chance(0.25)) replica.leave();
      else replica.befalls(() => replica.crash());
      time.after(random.between(100, 5_000), () => this.join());
    });
  }

  private planPause(replica: Replica): void {
    const { time, random, weather } = this.setting;
    const { pauseEveryMs } = weather.now;
    if (pauseEveryMs === Infinity) return;
    time.after(random.waiting(pauseEveryMs), () => {
      if (weather.isClear || replica.hasCrashed) return;
      const durationMs = random.pick([random.between(10, 500), random.between(3_000, 8_000)]);
      replica.befalls(() => replica.pause(durationMs));
      this.planPause(replica);
    });
  }
}

import type { Setting } from '../setting';
import type { Gateway } from './gateway';

/** What is between the gateways and the deployer: at times one of them is out of touch, at times all are. */
export class Network {
  constructor(
    private readonly setting: Setting,
    private readonly gateways: readonly Gateway[],
  ) {}

  start(): void {
    const { time, random, weather } = this.setting;
    const { silenceEveryMs } = weather.now;
    if (silenceEveryMs === Infinity) return;
    time.after(random.waiting(silenceEveryMs / this.gateways.length), () => {
      if (weather.isClear) return;
      const durationMs = random.pick([random.between(200, 2_000), random.between(3_000, 8_000)]);
      const cutOff = random.chance(0.3) ? this.gateways : [random.pick(this.gateways)];
      for (const gateway of cutOff) gateway.loseTouch(durationMs);
      this.start();
    });
  }
}

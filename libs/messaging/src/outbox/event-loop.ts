import { performance } from 'node:perf_hooks';

/** Shorter spans say more of one batch than of the process. */
const SPAN_MS = 200;
const SATURATED_FROM = 0.95;

/** Whether this process has had work to do all the time lately, so that whatever it begins makes something else wait. */
export class EventLoop {
  private since = performance.eventLoopUtilization();
  private saturated = false;

  isSaturated(): boolean {
    const now = performance.eventLoopUtilization();
    const { utilization, active, idle } = performance.eventLoopUtilization(now, this.since);
    if (active + idle >= SPAN_MS) {
      this.since = now;
      this.saturated = utilization >= SATURATED_FROM;
    }
    return this.saturated;
  }
}

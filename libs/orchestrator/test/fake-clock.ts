import type { Clock } from '../src/ports/clock';
import { NOW } from './stored-releases';

/** Stands still unless it is moved. */
export class FakeClock implements Clock {
  /** What `random` answers. */
  chance = 0.5;

  constructor(private time = NOW) {}

  now(): number {
    return this.time;
  }

  random(): number {
    return this.chance;
  }

  pass(durationMs: number): void {
    this.time += durationMs;
  }
}

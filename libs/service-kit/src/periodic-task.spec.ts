import { Logger } from '@nestjs/common';
import { PeriodicTask } from './periodic-task';

const EVERY_MS = 1_000;

describe('a periodic task', () => {
  const logger = new Logger('task');
  let told: string[];
  /** Of each run that is under way. */
  let ends: ((fault?: Error) => void)[];
  let runs: number;
  let task: PeriodicTask;

  beforeEach(() => {
    jest.useFakeTimers();
    [told, ends, runs] = [[], [], 0];
    for (const level of ['log', 'warn'] as const)
      jest
        .spyOn(logger, level)
        .mockImplementation((...words: unknown[]) => void told.push(`${level}: ${String(words[0])}`));
    task = new PeriodicTask(logger, 'Nothing is forgotten', () => {
      runs += 1;
      return new Promise<void>((resolve, reject) =>
        ends.push((fault) => (fault ? reject(fault) : resolve())),
      );
    });
  });
  afterEach(async () => {
    for (const end of ends) end();
    await task.stop();
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  async function endRun(fault?: Error): Promise<void> {
    ends.shift()?.(fault);
    await jest.advanceTimersByTimeAsync(0);
  }

  it('runs once an interval', async () => {
    task.start(EVERY_MS);
    for (const expected of [1, 2, 3]) {
      await jest.advanceTimersByTimeAsync(EVERY_MS - 1);
      expect(runs).toBe(expected - 1);
      await jest.advanceTimersByTimeAsync(1);
      expect(runs).toBe(expected);
      await endRun();
    }
  });

  it('never overlaps itself: who asks for a run meanwhile gets the one under way', async () => {
    task.start(EVERY_MS);
    const first = task.run();
    await jest.advanceTimersByTimeAsync(10 * EVERY_MS);
    expect(task.run()).toBe(first);
    expect(runs).toBe(1);
    await endRun();
    await first;
    await jest.advanceTimersByTimeAsync(EVERY_MS);
    expect(runs).toBe(2);
  });

  it('tells of a failure once until it works again', async () => {
    task.start(EVERY_MS);
    const after = async (fault?: Error): Promise<string[]> => {
      await jest.advanceTimersByTimeAsync(EVERY_MS);
      await endRun(fault);
      return told.splice(0);
    };
    const away = new Error('the database is away');
    expect(await after(away)).toEqual(['warn: Nothing is forgotten: the database is away']);
    expect(await after(away)).toEqual([]);
    expect(await after()).toEqual(['log: No longer: Nothing is forgotten']);
    expect(await after()).toEqual([]);
    expect(await after(away)).toEqual(['warn: Nothing is forgotten: the database is away']);
  });

  it('tells of work that throws before it begins, too', async () => {
    task = new PeriodicTask(logger, 'Nothing is forgotten', () => {
      throw new Error('no table');
    });
    await task.run();
    expect(told).toEqual(['warn: Nothing is forgotten: no table']);
  });

  it('waits for the run under way when it is stopped, and begins none after it', async () => {
    task.start(EVERY_MS);
    await jest.advanceTimersByTimeAsync(EVERY_MS);
    let isStopped = false;
    const stopped = task.stop().then(() => (isStopped = true));
    await jest.advanceTimersByTimeAsync(EVERY_MS);
    expect([isStopped, task.isStopped]).toEqual([false, true]);
    await endRun();
    await stopped;
    await task.run();
    await jest.advanceTimersByTimeAsync(EVERY_MS);
    expect(runs).toBe(1);
  });
});

import Runner, { type Test, type TestRunnerOptions, type TestWatcher } from 'jest-runner';

/** It judges a canary by the latency of its players, which others would take from it. */
const ALONE = /demo\.spec\.ts$/;

/**
 * Jest goes through its runners in turn. One of their own has the files that start whole platforms begin after all
 * others, which keep every core busy: these wait most of the time, with deadlines, and two of them go well together.
 */
export default class PlatformRunner extends Runner {
  override async runTests(tests: Test[], watcher: TestWatcher, options: TestRunnerOptions): Promise<void> {
    const isAlone = ({ path }: Test) => ALONE.test(path);
    await super.runTests(tests.filter(isAlone), watcher, { ...options, serial: true });
    await super.runTests(
      tests.filter((test) => !isAlone(test)),
      watcher,
      options,
    );
  }
}

import Runner, { type Test, type TestRunnerOptions, type TestWatcher } from 'jest-runner';

/** They send players all the time: others would slow these down, and wait for them beyond their own deadlines. */
const ALONE = /(demo|upgrade)\.spec\.ts$/;

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

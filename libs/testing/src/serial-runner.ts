import Runner from 'jest-runner';

/** One test file at a time, whatever else runs in workers: the files share servers and wait for them with deadlines. */
export default class SerialRunner extends Runner {
  override readonly isSerial = true;
}

import Runner from 'jest-runner';

/** One test file at a time, whatever else runs in workers: the files start whole platforms and wait for them with deadlines. */
export default class SerialRunner extends Runner {
  override readonly isSerial = true;
}

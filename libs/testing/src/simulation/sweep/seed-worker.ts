import { parentPort } from 'node:worker_threads';
import { simulateRange, type SeedRange } from './seeds';

parentPort?.on('message', (range: SeedRange) => {
  void simulateRange(range).then((report) => parentPort?.postMessage(report));
});

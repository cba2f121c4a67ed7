import cluster from 'node:cluster';
import { runPrimary } from './workers/primary-process';
import { runWorker } from './workers/worker-process';

(cluster.isPrimary ? runPrimary() : runWorker()).catch((error: Error) => {
  process.stderr.write(`gateway cannot start. ${error.message}\n`);
  process.exit(1);
});

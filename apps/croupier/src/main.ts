#!/usr/bin/env node
import { croupierProgram } from './program/croupier-program';
import { endUsageErrorsWith, EXIT } from './program/exit-codes';

const program = croupierProgram();
endUsageErrorsWith(EXIT.usage, program);

program.parseAsync().then(
  // Something the platform left open must not keep a finished command from ending.
  () => process.exit(),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT.failed);
  },
);

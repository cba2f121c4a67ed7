import { installed } from './debian-packages';
import { runProgram } from './run-program';
import { SharedState } from './shared-state';

/** Finds a program in the PATH, or installs its Debian package. */
export async function haveProgram(program: string, packageName: string): Promise<void> {
  const isThere = await runProgram('which', [program], { timeoutMs: 5_000 }).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  await new SharedState()
    .exclusively(async () => installed(program, packageName))
    .catch((error: Error) => {
      throw new Error(
        `The tests need ${program} and there is none.\n  - no ${program} in PATH\n` +
          `  - Debian package ${packageName}: ${error.message}\n` +
          `Put ${program} into PATH, or run the tests as root on Debian.`,
        { cause: error },
      );
    });
}

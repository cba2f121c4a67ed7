import { installed, isPresent } from './debian-packages';
import { SharedState } from './shared-state';

/**
 * Finds a program, or installs the Debian package that brings it.
 * @param program its name, or the absolute path of a file that the package brings
 */
export async function haveProgram(program: string, packageName: string): Promise<void> {
  if (await isPresent(program)) return;
  await new SharedState()
    .exclusively(() => installed(program, packageName))
    .catch((error: Error) => {
      throw new Error(
        `The tests need ${program} and it is not there.\n  - Debian package: ${error.message}\n` +
          `Install ${packageName}, or run the tests as root on Debian.`,
        { cause: error },
      );
    });
}

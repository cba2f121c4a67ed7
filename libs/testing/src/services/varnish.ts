import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port';
import { haveProgram } from './have-program';
import { OwnServer } from './own-server';

const MACHINE = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
/** Debian has it under the machine's name. */
const XKEY = `/usr/lib/${MACHINE}/varnish/vmods/libvmod_xkey.so`;

export interface RunningVarnish {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A real varnishd of a test's own, with vmod_xkey.
 * @param vclFile path of a VCL file
 * @param values what stands in it as `${NAME}`
 * @param port a free one unless given
 */
export async function startVarnish(
  vclFile: string,
  values: Readonly<Record<string, string>>,
  port?: number,
): Promise<RunningVarnish> {
  // Brings varnishd as well.
  await haveProgram(XKEY, 'varnish-modules');
  const directory = await mkdtemp(join(tmpdir(), 'croupier-varnish-'));
  const file = join(directory, 'default.vcl');
  await writeFile(file, filled(await readFile(vclFile, 'utf8'), values));
  const listensOn = port ?? (await freePort());
  const parameters = ['-F', '-n', join(directory, 'work'), '-a', `127.0.0.1:${listensOn}`, '-f', file];
  // No jail: it would want users of its own, and a directory that they may enter.
  const limits = ['-j', 'none', '-s', 'default,64m', '-p', 'thread_pool_min=20', '-p', 'thread_pool_max=200'];
  const server = await OwnServer.start('varnishd', [...parameters, ...limits], listensOn);
  return {
    url: `http://127.0.0.1:${listensOn}`,
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{([A-Z_]+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`The VCL needs a value for ${name}`);
    return value;
  });
}

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port';
import { haveProgram } from './have-program';
import { OwnServer } from './own-server';

const PURGE_MODULE = '/usr/lib/nginx/modules/ngx_http_cache_purge_module.so';

export interface RunningNginx {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A real nginx of a test's own that caches what `origin` answers. `/purge` before a path removes the
 * page; a request with
 * `x-cache-bypass: <token>` fetches it anew.
 */
export async function startNginx(origin: string, bypassToken: string): Promise<RunningNginx> {
  // Brings nginx as well.
  await haveProgram(PURGE_MODULE, 'libnginx-mod-http-cache-purge');
  const directory = await mkdtemp(join(tmpdir(), 'croupier-nginx-'));
  await mkdir(join(directory, 'cache'));
  const port = await freePort();
  const file = join(directory, 'nginx.conf');
  await writeFile(file, configuration({ directory, port, origin, bypassToken }));
  const server = await OwnServer.start(
    'nginx',
    ['-c', file, '-p', directory, '-e', join(directory, 'error.log')],
    port,
  );
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function configuration(o: { directory: string; port: number; origin: string; bypassToken: string }): string {
  const { directory, port, origin, bypassToken } = o;
  const scratch = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((each) => `  ${each}_temp_path ${directory}/${each};`)
    .join('\n');
  return `
load_module ${PURGE_MODULE};
daemon off;
master_process off;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log;
events { worker_connections 256; }
http {
  access_log off;
${scratch}
  proxy_cache_path ${directory}/cache keys_zone=pages:1m;
  map $http_x_cache_bypass $fetch_anew { default 0; "${bypassToken}" 1; }
  server {
    listen 127.0.0.1:${port};
    # Not by method in the location of the pages: that form ends the worker with nginx from 1.11.6 on
    # (https://github.com/FRiCKLE/ngx_cache_purge/issues/68).
    location ~ ^/purge(/.*) {
      allow 127.0.0.1;
      deny all;
      proxy_cache_purge pages $1$is_args$args;
    }
    location / {
      proxy_pass ${origin};
      proxy_cache pages;
      proxy_cache_key $uri$is_args$args;
      proxy_cache_valid 200 10m;
      proxy_cache_bypass $fetch_anew;
      add_header x-cache $upstream_cache_status;
    }
  }
}
`;
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, installed } from '@croupier/testing';

/** A server of Debian's, in the foreground, with a configuration of its own. */
export class NativeServer {
  private constructor(
    private readonly process: ChildProcess,
    private readonly directory: string,
  ) {}

  /** @param configure given the directory for its files, what the files hold by name and how it is started with them */
  static async start(
    program: string,
    packageName: string,
    readyUrl: string,
    configure: (directory: string) => { files: Record<string, string>; parameters: string[] },
  ): Promise<NativeServer> {
    await installed(program, packageName);
    const directory = await mkdtemp(join(tmpdir(), `croupier-${program}-`));
    const { files, parameters } = configure(directory);
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
    const process = spawn(program, parameters, { stdio: ['ignore', 'ignore', 'inherit'] });
    const server = new NativeServer(process, directory);
    await eventually(async () => (await fetch(readyUrl)).ok, { timeoutMs: 20_000 }).catch(async (error) => {
      await server.stop();
      throw error;
    });
    return server;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill('SIGTERM');
      await once(this.process, 'exit');
    }
    await rm(this.directory, { recursive: true, force: true });
  }
}

export interface NginxPorts {
  readonly hello: number;
  readonly proxy: number;
}

/** One worker: `return 200` on one port, and `proxy_pass` to it on the other, with connections kept open. */
export function startNginx({ hello, proxy }: NginxPorts): Promise<NativeServer> {
  return NativeServer.start('nginx', 'nginx', `http://127.0.0.1:${proxy}/`, (directory) => ({
    parameters: ['-p', directory, '-c', join(directory, 'nginx.conf'), '-e', join(directory, 'error.log')],
    files: {
      'nginx.conf': `
        daemon off;
        worker_processes 1;
        pid ${directory}/nginx.pid;
        events { worker_connections 1024; }
        http {
          access_log off;
          keepalive_requests 1000000;
          client_body_temp_path ${directory}/body;
          proxy_temp_path ${directory}/proxy;
          fastcgi_temp_path ${directory}/fastcgi;
          uwsgi_temp_path ${directory}/uwsgi;
          scgi_temp_path ${directory}/scgi;
          upstream game { server 127.0.0.1:${hello}; keepalive 256; keepalive_requests 1000000; }
          server { listen 127.0.0.1:${hello}; location / { default_type application/json; return 200 '{"ok":true}'; } }
          server {
            listen 127.0.0.1:${proxy};
            location / { proxy_pass http://game; proxy_http_version 1.1; proxy_set_header Connection ''; }
          }
        }`,
    },
  }));
}

/** One thread that answers with the version that a map holds for the path. */
export function startHaproxy(port: number, map: ReadonlyMap<string, string>): Promise<NativeServer> {
  return NativeServer.start('haproxy', 'haproxy', `http://127.0.0.1:${port}/ready`, (directory) => ({
    parameters: ['-f', join(directory, 'haproxy.cfg')],
    files: {
      'versions.map': [...map].map(([path, version]) => `${path} ${version}`).join('\n'),
      'haproxy.cfg': `
global
  nbthread 1
  maxconn 2000
defaults
  mode http
  timeout client 30s
  timeout server 30s
  timeout connect 2s
frontend launches
  bind 127.0.0.1:${port}
  http-request return status 200 content-type text/plain lf-string "%[path,map(${directory}/versions.map,none)]"
`,
    },
  }));
}

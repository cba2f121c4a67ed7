import { connect, type Socket } from 'node:net';

const TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** A command line must fit HAProxy's buffer (`tune.bufsize`, 16 KiB), with room for what HAProxy needs of it. */
const MAX_LINE_LENGTH = 8 * 1024;

/** https://docs.haproxy.org/2.6/management.html#9.3 : one line of commands, one answer, and the connection ends. */
export class RuntimeSocket {
  constructor(readonly address: string) {}

  /** Answers what HAProxy writes. */
  ask(command: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = this.open();
      const chunks: Buffer[] = [];
      let size = 0;
      const failed = (why: string): void => {
        socket.destroy();
        reject(new Error(`HAProxy at ${this.address}: ${why}`));
      };
      socket.setTimeout(TIMEOUT_MS, () => failed(`no answer within ${TIMEOUT_MS} ms`));
      socket.on('error', (error) => failed(error.message));
      socket.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) failed(`answers more than ${MAX_ANSWER_BYTES} bytes`);
        else chunks.push(chunk);
      });
      socket.on('end', () => resolve(Buffer.concat(chunks).toString('utf8').trim()));
      socket.write(`${command}\n`);
    });
  }

  /** Changes, in order, as few lines as they fit. HAProxy is silent about what it has done. @throws on any other answer */
  async change(commands: readonly string[]): Promise<void> {
    for (const line of linesOf(commands)) {
      const answer = await this.ask(line);
      const complaint = answer.split('\n').find((part) => part.trim() !== '' && !ACKNOWLEDGED.test(part));
      if (complaint !== undefined)
        throw new Error(`HAProxy at ${this.address} refuses a change: ${complaint}`);
    }
  }

  private open(): Socket {
    if (this.address.startsWith('unix:')) return connect(this.address.slice('unix:'.length));
    const [, host = '', port = ''] = /^tcp:(.+):(\d+)$/.exec(this.address) ?? [];
    return connect(Number(port), host);
  }
}

/** `set server addr` tells what it has done, or that there was nothing to do. */
const ACKNOWLEDGED = /^(IP changed|port changed|no need to change|nothing changed)/i;

function linesOf(commands: readonly string[]): string[] {
  const lines: string[] = [];
  for (const command of commands) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + command.length + 1 < MAX_LINE_LENGTH)
      lines[lines.length - 1] = `${last};${command}`;
    else lines.push(command);
  }
  return lines;
}

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const AT_ONCE = 250;

/** The body of each answer to `GET`, in order, many requests ahead of their answers on one connection. */
export async function pipelined(url: string, paths: readonly string[]): Promise<string[]> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const answers: string[] = [];
  for (let start = 0; start < paths.length; start += AT_ONCE)
    answers.push(...(await batch(socket, paths.slice(start, start + AT_ONCE))));
  socket.destroy();
  return answers;
}

function batch(socket: Socket, paths: readonly string[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    socket.removeAllListeners('error').once('error', reject);
    const chunks: string[] = [];
    const listen = (chunk: Buffer): void => {
      chunks.push(chunk.toString('latin1'));
      const bodies = bodiesOf(chunks.join(''));
      if (bodies.length < paths.length) return;
      socket.off('data', listen);
      resolve(bodies);
    };
    socket.on('data', listen);
    socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nhost: test\r\n\r\n`).join(''));
  });
}

function bodiesOf(text: string): string[] {
  const bodies: string[] = [];
  for (let position = 0; ;) {
    const end = text.indexOf('\r\n\r\n', position);
    if (end < 0) return bodies;
    const head = text.slice(position, end);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    if (text.length < end + 4 + length) return bodies;
    if (!head.startsWith('HTTP/1.1 200')) throw new Error(`Not dealt: ${head}`);
    bodies.push(text.slice(end + 4, end + 4 + length));
    position = end + 4 + length;
  }
}

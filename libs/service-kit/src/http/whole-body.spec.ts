import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { eventually } from '@croupier/testing';
import { whenWhole } from './whole-body';

describe('whenWhole', () => {
  const bodies: string[] = [];
  let server: Server;
  let client: Socket;
  let received: string;

  beforeEach(async () => {
    bodies.length = 0;
    received = '';
    server = createServer((request, response) =>
      whenWhole(request, (body) => {
        bodies.push(body.toString());
        response.end(`${body.length}`);
      }),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.setNoDelay(true).on('data', (chunk) => (received += chunk.toString()));
    await once(client, 'connect');
  });

  afterEach(async () => {
    client.destroy();
    server.close();
    await once(server, 'close');
  });

  function post(body: string): string {
    return `POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  }

  async function answers(count: number): Promise<void> {
    await eventually(() => received.split('HTTP/1.1 200 OK').length === count + 1);
  }

  it('has the bodies of requests that follow each other, and of those that are sent ahead', async () => {
    client.write(post('one'));
    await answers(1);
    client.write(post('two') + post('') + post('four'));
    await answers(4);

    expect(bodies).toEqual(['one', 'two', '', 'four']);
  });

  it('puts together what comes in pieces', async () => {
    const body = 'in pieces '.repeat(20_000);
    const message = post(body);
    for (let at = 0; at < message.length; at += 10_007) {
      client.write(message.slice(at, at + 10_007));
      await new Promise(setImmediate);
    }
    await answers(1);

    expect(bodies).toEqual([body]);
  });

  it('is silent about a client that goes away before the end', async () => {
    const connections = (): Promise<number> =>
      new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
    client.write(post('cut off').slice(0, -1));
    await eventually(async () => (await connections()) === 1);
    client.destroy();
    await eventually(async () => (await connections()) === 0);

    expect(bodies).toEqual([]);
  });
});

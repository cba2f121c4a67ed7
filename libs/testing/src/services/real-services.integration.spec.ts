import { randomUUID } from 'node:crypto';
import { connect } from 'amqplib';
import Redis from 'ioredis';
import { Client } from 'pg';
import { eventually } from '../eventually';
import { freshDatabase } from '../fresh-database';
import { freshNamespace } from '../fresh-namespace';
import { rabbit, redis } from './real-services';

describe('the servers that tests run against', () => {
  it('give each test an empty database of its own, and take it back', async () => {
    const [left, right] = await Promise.all([freshDatabase(), freshDatabase()]);
    expect(left.url).not.toBe(right.url);
    const client = new Client({ connectionString: left.url });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('CREATE TABLE mine ()');

    await Promise.all([left.drop(), right.drop()]);

    await expect(client.query('SELECT FROM mine')).rejects.toThrow();
    const gone = new Client({ connectionString: left.url });
    await expect(gone.connect()).rejects.toMatchObject({ code: '3D000' });
  });

  it('carry a message', async () => {
    const { url } = await rabbit();
    const connection = await connect(url);
    const channel = await connection.createConfirmChannel();
    const { queue } = await channel.assertQueue(`${freshNamespace()}.ping`, { exclusive: true });
    channel.sendToQueue(queue, Buffer.from('ping'));
    await channel.waitForConfirms();

    const message = await eventually(() => channel.get(queue, { noAck: true }));

    expect(message.content.toString()).toBe('ping');
    await connection.close();
  });

  it('keep a key', async () => {
    const { url } = await redis();
    const client = new Redis(url);
    const key = `${freshNamespace()}:${randomUUID()}`;
    await client.set(key, 'value', 'EX', 10);
    expect(await client.get(key)).toBe('value');
    await client.del(key);
    client.disconnect();
  });
});

import { LiveTraffic, type TimelineEntry } from '@croupier/contracts';
import { eventually } from '@croupier/testing';
import { Client } from 'pg';
import { EventStream, type ToldEvent } from '../../test/event-stream';
import { TestDeployer } from '../../test/test-deployer';

const MOST_MISSED = 1_000;

describe('the stream of all releases', () => {
  let deployer: TestDeployer;

  beforeAll(async () => {
    deployer = await TestDeployer.start();
  });
  afterAll(() => deployer.stop());

  const opened: EventStream[] = [];
  afterEach(() => {
    for (const stream of opened.splice(0)) stream.close();
  });

  async function open(lastEventId?: string, at = deployer): Promise<EventStream> {
    const stream = await EventStream.open(`${at.url}/v1/feed/stream`, {
      authorization: at.bearer,
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    });
    opened.push(stream);
    return stream;
  }

  const tells = (releaseId: string, type: string) => (event: ToldEvent) => {
    const entry = event.data as TimelineEntry & { releaseId: string };
    return event.type === 'timeline' && entry.releaseId === releaseId && entry.type === type;
  };

  it('tells of entries as they are committed, and of the traffic of what is under way', async () => {
    const stream = await open();
    await stream.until(({ type }) => type === 'ready');
    await deployer.ship('slots', '1.0.0');
    const first = await deployer.releaseIn('slots', '1.0.0', 'promoted');
    await stream.until(tells(first.id, 'rollout.promoted'));

    await deployer.ship('slots', '1.1.0');
    const canary = await deployer.releaseIn('slots', '1.1.0', 'progressing');
    await deployer.command(canary, 'pause').expect(202);
    const { data } = await stream.until(
      ({ type, data }) =>
        type === 'traffic' &&
        LiveTraffic.parse(data).rollouts.some(
          ({ releaseId, samples, evidence }) =>
            releaseId === canary.id &&
            samples.some((sample) => sample.canary.requests > 0) &&
            evidence.length > 0,
        ),
    );
    expect(LiveTraffic.parse(data).rollouts).toHaveLength(1);
    await deployer.command(canary, 'rollback').expect(202);
    await deployer.releaseIn('slots', '1.1.0', 'rolled-back');
  });

  it('goes on after the last event that was received, without a gap', async () => {
    const before = await open();
    const { id } = await before.until(({ type }) => type === 'ready');
    before.close();
    await deployer.ship('poker', '1.0.0');
    const missed = await deployer.releaseIn('poker', '1.0.0', 'promoted');

    const after = await open(id ?? '');
    for (const { type } of await deployer.timeline(missed)) await after.until(tells(missed.id, type));
    expect(after.told.map(({ type }) => type)).not.toContain('reset');
  });

  it('says that lists have to be read anew when more was missed than it tells', async () => {
    const [ended] = await deployer.releasesOf('poker', '1.0.0');
    const client = new Client({ connectionString: deployer.databaseUrl });
    await client.connect();
    await client.query(
      `INSERT INTO deployer.rollout_events
         (release_id, sequence, type, at, actor, summary, data, previous_hash, hash)
       SELECT release_id, sequence + n, 'weight.confirmed', at, actor, summary, data, previous_hash, hash
       FROM deployer.rollout_events, generate_series(1000, 1000 + $2::integer) AS n
       WHERE release_id = $1 AND sequence = 1`,
      [ended!.id, MOST_MISSED],
    );
    await client.end();
    // The feed begins where no transaction of the server is under way: that may still be before these entries.
    const stream = await eventually(
      async () => {
        const stream = await open('0');
        await stream.until(({ type }) => type === 'ready');
        const later = stream.told.length;
        await stream.until((event) => stream.told.indexOf(event) >= later && event.type === 'traffic');
        if (stream.told.some(({ type }) => type === 'reset')) return stream;
        stream.close();
        return null;
      },
      { timeoutMs: 30_000 },
    );
    expect(stream.told.filter(({ type }) => type === 'timeline').length).toBeGreaterThanOrEqual(MOST_MISSED);
  });

  it('begins now for a cursor that is none', async () => {
    const stream = await open('not a cursor');
    const first = await stream.until(({ type }) => type !== 'traffic');
    expect(first.type).toBe('ready');
  });

  it('ends with the service, which does not wait for its listeners', async () => {
    const ending = await TestDeployer.start();
    const stream = await open(undefined, ending);
    const ofOne = await EventStream.open(`${ending.url}/v1/releases/events`, {
      authorization: ending.bearer,
    });
    await ending.stop();
    await eventually(() => stream.ended && ofOne.ended);
  });
});

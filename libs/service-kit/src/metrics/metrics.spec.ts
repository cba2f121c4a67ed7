import { Metrics } from './metrics';

describe('the metrics of a service', () => {
  it('refuse a label without bound as the service starts', () => {
    const metrics = new Metrics('deployer');
    expect(() => metrics.gauge({ name: 'canary_error_rate', help: 'A share', labelNames: ['game'] })).toThrow(
      /no bound/,
    );
  });

  it('tell of a gauge only what there is at the moment of the scrape', async () => {
    const metrics = new Metrics('deployer');
    let games = ['slots', 'dice'];
    metrics.readAtScrape({
      name: 'canary_error_rate',
      help: 'A share',
      labelNames: ['game'],
      read: async () => games.map((game) => ({ labels: { game }, value: 0.5 })),
    });
    expect(await metrics.text()).toContain('canary_error_rate{game="dice",service="deployer"} 0.5');
    games = ['slots'];
    expect(await metrics.text()).not.toContain('dice');
    expect(await metrics.text()).toContain('slots');
  });

  it('leave out, and count, what is over the limit', async () => {
    const metrics = new Metrics('deployer');
    metrics.readAtScrape({
      name: 'canary_error_rate',
      help: 'A share',
      labelNames: ['game'],
      limit: 3,
      read: async () =>
        Array.from({ length: 10_000 }, (_, index) => ({ labels: { game: `game-${index}` }, value: 0 })),
    });
    await metrics.text();
    const text = await metrics.text();
    expect(text.match(/^canary_error_rate\{/gm)).toHaveLength(3);
    expect(text).toMatch(/metrics_unread_total\{metric="canary_error_rate",reason="too-many".*\} \d+/);
  });

  it('go on when one of them cannot be read', async () => {
    const metrics = new Metrics('deployer');
    const gone = (): Promise<number> => Promise.reject(new Error('the database is away'));
    metrics.readNumberAtScrape('outbox_pending', 'Messages', gone);
    metrics.readNumberAtScrape('dead_letters_open', 'Messages', async () => 2);
    await metrics.text();
    const text = await metrics.text();
    expect(text).toContain('dead_letters_open{service="deployer"} 2');
    expect(text).not.toMatch(/^outbox_pending[{ ]/m);
    expect(text).toMatch(/metrics_unread_total\{metric="outbox_pending",reason="failed".*\} [12]/);
  });

  it('do not ask again while an answer is under way', async () => {
    const metrics = new Metrics('deployer');
    const answers: ((value: number) => void)[] = [];
    metrics.readNumberAtScrape(
      'outbox_pending',
      'Messages',
      () => new Promise((resolve) => answers.push(resolve)),
    );
    const scrapes = [metrics.text(), metrics.text()];
    answers[0]!(3);
    expect(await Promise.all(scrapes)).toEqual(
      Array(2).fill(expect.stringMatching(/^outbox_pending\{.*\} 3$/m)),
    );
    expect(answers).toHaveLength(1);
  });

  it('name what fell into a bucket, in OpenMetrics alone', async () => {
    const metrics = new Metrics('deployer');
    const durations = metrics.exemplarHistogram({
      name: 'rollout_duration_seconds',
      help: 'From "start" to end',
      labelNames: ['outcome'],
      buckets: [1, 10],
    });
    const served = metrics.counter({ name: 'deploy_success_total', help: 'Promoted' });
    served.inc();
    durations.observe({ outcome: 'promoted' }, 4, { release_id: '0b5e' });
    const open = await metrics.openMetrics();
    expect(open).toMatch(
      /^rollout_duration_seconds_bucket\{le="10",outcome="promoted",service="deployer"\} 1 # \{release_id="0b5e"\} 4 [\d.]+$/m,
    );
    expect(open).toContain('# TYPE deploy_success counter\n');
    expect(open).toContain('\ndeploy_success_total{service="deployer"} 1\n');
    expect(open.endsWith('\n# EOF\n')).toBe(true);
    const text = await metrics.text();
    expect(text).toContain('# TYPE deploy_success_total counter');
    expect(text).not.toContain('release_id');
  });
});

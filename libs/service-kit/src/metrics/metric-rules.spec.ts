import { metricFault, type MetricDeclaration } from './metric-rules';

const declared = (changes: Partial<MetricDeclaration>): MetricDeclaration => ({
  kind: 'gauge',
  name: 'outbox_pending',
  labelNames: [],
  ...changes,
});

describe('the rules of metrics', () => {
  it.each([
    [{}],
    [{ kind: 'counter', name: 'deploy_success_total', labelNames: ['strategy'] }],
    [{ kind: 'histogram', name: 'rollout_duration_seconds', labelNames: ['outcome'] }],
    [{ kind: 'histogram', name: 'body_bytes' }],
  ] as const)('allow %j', (changes) => {
    expect(metricFault(declared(changes), false)).toBeNull();
  });

  it.each([
    [{ name: 'OutboxPending' }, /snake_case/],
    [{ name: 'outbox__pending' }, /snake_case/],
    [{ kind: 'counter', name: 'webhooks' }, /_total/],
    [{ name: 'webhooks_total' }, /_total/],
    [{ kind: 'histogram', name: 'switch_ms' }, /seconds/],
    [{ name: 'drain_minutes_left' }, /seconds/],
    [{ kind: 'histogram', name: 'switch_time' }, /ends in its unit/],
    [{ labelNames: ['path'] }, /label path is not among/],
    [{ labelNames: ['game'] }, /label game has no bound/],
  ] as const)('refuse %j', (changes, why) => {
    expect(metricFault(declared(changes), false)).toMatch(why);
  });

  it('allow the label of a game where its series are read anew at each scrape', () => {
    expect(metricFault(declared({ labelNames: ['provider', 'game', 'version'] }), true)).toBeNull();
  });
});

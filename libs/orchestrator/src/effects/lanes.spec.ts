import type { Effect } from '@croupier/rollout';
import { isMessage, isTraffic } from './lanes';

const EFFECTS: Effect[] = [
  { kind: 'deploy-staging', key: '1' },
  { kind: 'run-tests', key: '2' },
  { kind: 'stop-staging', key: '3' },
  { kind: 'request-migration', key: '4' },
  { kind: 'deploy-production', key: '5' },
  { kind: 'run-preview', key: '6' },
  { kind: 'set-weight', key: '7', weights: { elsewhere: 5, markets: {} } },
  { kind: 'set-flag', key: '8', flag: 'bonus', enabled: true },
  { kind: 'promote-traffic', key: '9' },
  { kind: 'retire-workload', key: '10', version: '1.0.0' },
];

describe('the lanes of effects', () => {
  it('are one for traffic, and messages, and all the rest', () => {
    const kindsWhere = (holds: (effect: Effect) => boolean): string[] =>
      EFFECTS.filter(holds).map(({ kind }) => kind);
    expect(kindsWhere(isTraffic)).toEqual(['set-weight', 'promote-traffic']);
    expect(kindsWhere(isMessage)).toEqual(['request-migration', 'set-flag']);
    expect(kindsWhere((effect) => isTraffic(effect) && isMessage(effect))).toEqual([]);
  });
});

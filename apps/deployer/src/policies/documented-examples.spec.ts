import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EvaluationRequest, FreezeOrder, PolicyOrder } from '@croupier/contracts';
import { DEFAULTS } from '../../test/policies';
import { windowFault } from '../freezes/intervals';
import { policyFault } from './policy-fault';

const PAGE = readFileSync(join(__dirname, '../../../../docs/policies.md'), 'utf8');
const EXAMPLES = [...PAGE.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => JSON.parse(text!) as object);

describe('the examples of docs/policies.md', () => {
  const policies = EXAMPLES.filter((example) => 'rules' in example);
  const freezes = EXAMPLES.filter((example) => 'window' in example);
  const requests = EXAMPLES.filter((example) => 'version' in example);

  it('are policies, freezes and a request', () => {
    expect([policies.length, freezes.length, requests.length]).toEqual([2, 2, 1]);
  });

  it.each(policies)('are accepted as policies: %j', (example) => {
    const { reason: _, ...document } = PolicyOrder.parse(example);
    expect(policyFault({ name: 'documented', version: 1, ...document }, [], DEFAULTS)).toBeNull();
  });

  it.each(freezes)('are accepted as freezes: %j', (example) => {
    expect(windowFault(FreezeOrder.parse(example).window, Date.parse('2026-06-01T00:00:00Z'))).toBeNull();
  });

  it.each(requests)('are accepted as requests: %j', (example) => {
    expect(EvaluationRequest.safeParse(example).success).toBe(true);
  });
});

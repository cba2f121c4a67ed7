import { addressAttacks } from './address-attacks';
import { approvalAttacks } from './approval-attacks';
import { auditAttacks } from './audit-attacks';
import { identityAttacks } from './identity-attacks';
import { requestAttacks } from './request-attacks';
import { Stage } from './stage';
import { tokenAttacks } from './token-attacks';
import { webhookAttacks } from './webhook-attacks';

describe('attacks', () => {
  let stage: Stage;
  const secrets: Record<string, string> = {};

  beforeAll(async () => {
    stage = await Stage.start();
    for (const provider of ['acme', 'rival']) {
      const { body } = await stage
        .call('aggregator', 'put', `/v1/providers/${provider}`)
        .send({})
        .expect(201);
      secrets[provider] = body.secret as string;
    }
  }, 120_000);
  afterAll(() => stage?.stop());

  const on = () => stage;
  const secretOf = (provider: string) => secrets[provider]!;

  webhookAttacks(on, secretOf);
  tokenAttacks(on);
  identityAttacks(on);
  requestAttacks(on);
  addressAttacks(on, secretOf);
  approvalAttacks(on, secretOf);
  // They write past the services, and come last.
  auditAttacks(on);
});

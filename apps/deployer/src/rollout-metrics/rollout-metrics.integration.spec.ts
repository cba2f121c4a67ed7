import { eventually } from '@croupier/testing';
import { TestDeployer } from '../../test/test-deployer';

const PATIENCE = { timeoutMs: 60_000 };

describe('the metrics of rollouts', () => {
  let deployer: TestDeployer;

  beforeAll(async () => {
    deployer = await TestDeployer.start();
  });
  afterAll(() => deployer.stop());

  const scraped = async (accept = 'text/plain'): Promise<string> =>
    (await fetch(`${deployer.url}/metrics`, { headers: { accept } })).text();
  const untilScraped = (expected: RegExp): Promise<string> =>
    eventually(async () => {
      const text = await scraped();
      return expected.test(text) && text;
    }, PATIENCE);

  it('tell of a canary while it has traffic, and count how it ended', async () => {
    await deployer.ship('slots', '1.0.0');
    await deployer.releaseIn('slots', '1.0.0', 'promoted');
    await deployer.ship('slots', '1.1.0');
    const canary = await deployer.releaseIn('slots', '1.1.0', 'progressing');
    await deployer.command(canary, 'pause').expect(202);
    const named = 'provider="acme",game="slots",version="1.1.0"';
    const during = await untilScraped(new RegExp(`^canary_error_rate\\{${named}.*\\} 0$`, 'm'));
    expect(during).toMatch(new RegExp(`^canary_weight_percent\\{${named}.*\\} [1-9]`, 'm'));
    expect(during).toMatch(new RegExp(`^rollout_step\\{${named}.*\\} [1-9]`, 'm'));
    expect(during).toMatch(/^rollout_evidence_ratio\{.*metric="error-rate",result="health".*\} [\d.e-]+$/m);
    expect(during).toMatch(/^releases_unfinished\{status="paused".*\} 1$/m);

    await deployer.command(canary, 'abort').expect(202);
    await deployer.releaseIn('slots', '1.1.0', 'rolled-back');
    const after = await untilScraped(/^rollout_switch_seconds_count\{.*cause="rollback".*\} 1$/m);
    expect(after).not.toMatch(/^canary_error_rate\{/m);
    expect(after).not.toMatch(/^canary_weight_percent\{/m);
    expect(after).toMatch(
      /^deploy_failure_total\{.*strategy="canary",outcome="rolled-back",cause="operator".*\} 1$/m,
    );
    expect(after).toMatch(/^deploy_success_total\{strategy="[a-z-]+".*\} 1$/m);
    expect(after).toMatch(
      new RegExp(`^release_ended_timestamp_seconds\\{${named},outcome="rolled-back"`, 'm'),
    );
    expect(after).toMatch(/^release_observed_ratio\{.*when="after".*\} 0$/m);
    expect(await scraped('application/openmetrics-text')).toContain(`# {release_id="${canary.id}"}`);
  });
});

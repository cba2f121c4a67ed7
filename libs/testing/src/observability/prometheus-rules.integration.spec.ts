import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { haveProgram } from '../services/have-program';
import { runProgram } from '../services/run-program';

const ROOT = resolve(__dirname, '../../../..');
const PROMETHEUS = join(ROOT, 'deploy/prometheus');
const RULES = join(PROMETHEUS, 'rules/croupier.yml');
const TESTS = join(PROMETHEUS, 'tests/croupier.test.yml');
const ALERTMANAGER = join(ROOT, 'deploy/alertmanager/alertmanager.yml');
const RUNBOOKS = join(ROOT, 'docs/runbooks');
const PATIENCE = { timeoutMs: 60_000 };

describe('the rules of Prometheus', () => {
  let alerts: string[];

  beforeAll(async () => {
    await haveProgram('promtool', 'prometheus');
    await haveProgram('amtool', 'prometheus-alertmanager');
    const rules = await readFile(RULES, 'utf8');
    alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, alert]) => alert!).sort();
  });

  it('are sound, and so is the configuration that reads them', async () => {
    await runProgram('promtool', ['check', 'rules', RULES], PATIENCE);
    await runProgram('promtool', ['check', 'config', join(PROMETHEUS, 'prometheus.yml')], PATIENCE);
  });

  it('fire when they should, and only then', async () => {
    await runProgram('promtool', ['test', 'rules', TESTS], PATIENCE);
    const tests = await readFile(TESTS, 'utf8');
    for (const alert of alerts) {
      expect(tests).toContain(`name: ${alert} fires`);
      expect(tests).toContain(`name: ${alert} is silent`);
    }
  });

  it('each lead to a page that says what to do, and every page has its alert', async () => {
    const rules = await readFile(RULES, 'utf8');
    const linked = [...rules.matchAll(/runbook_url: https:\/\/croupier\.example\/runbooks\/(\w+)$/gm)];
    expect(linked.map(([, alert]) => alert!).sort()).toEqual(alerts);
    expect((await readdir(RUNBOOKS)).sort()).toEqual(alerts.map((alert) => `${alert}.md`));
    for (const alert of alerts) {
      const page = await readFile(join(RUNBOOKS, `${alert}.md`), 'utf8');
      expect(page).toMatch(new RegExp(`^# ${alert}\n\n.+\n\n## Look at\n\n- [^]+\n\n## Do\n\n1\\. `));
    }
  });

  it.each([
    ['critical', 'on-call'],
    ['warning', 'team'],
  ])('wake the right people when they are %s', async (severity, receiver) => {
    await runProgram('amtool', ['check-config', ALERTMANAGER], PATIENCE);
    const route = ['config', 'routes', 'test', `--config.file=${ALERTMANAGER}`, `severity=${severity}`];
    expect((await runProgram('amtool', route, PATIENCE)).trim()).toBe(receiver);
  });
});

import { join } from 'node:path';
import { auditVerdict } from './audit';
import { materialsOfNpm, materialsShipped } from './bill-of-materials';
import { licenceFaults } from './licence-policy';
import { noticesOf } from './notices';
import { readLockfile, shippedPackages, type ShippedPackage } from './shipped-packages';

const ROOT = join(__dirname, '..');

const licensed = (licence: string | undefined, name = 'left'): ShippedPackage => ({
  path: `node_modules/${name}`,
  name,
  version: '1.0.0',
  licence,
  integrity: undefined,
});

describe('what is shipped', () => {
  const packages = shippedPackages(readLockfile(ROOT));
  const names = new Set(packages.map(({ name }) => name));

  it('is what the services need, with what is built into the console, and no tools', () => {
    expect([...names]).toEqual(
      expect.arrayContaining(['fastify', 'pg', 'amqplib', 'react-dom', 'scheduler']),
    );
    for (const tool of ['jest', 'nx', 'vite', 'axe-core', 'typescript-eslint'])
      expect(names).not.toContain(tool);
  });

  it('has permissive licences', () => expect(licenceFaults(packages)).toEqual([]));

  it('is noticed with the text of each licence', () => {
    const notices = noticesOf(packages, ROOT);
    expect(notices.includes('Copyright (c) 2016-present The Fastify team')).toBe(true);
    expect(packages.filter(({ name, version }) => !notices.includes(`\n${name} ${version}\n`))).toEqual([]);
  });

  it('is told as a CycloneDX bill of materials, each package once', () => {
    const bill = materialsShipped(materialsOfNpm(ROOT), packages);
    expect(bill.metadata.component).toMatchObject({ name: 'croupier', type: 'application' });
    const told = bill.components.map((component) => component['bom-ref']);
    expect(new Set(told).size).toBe(told.length);
    expect(told).toEqual(
      expect.arrayContaining([expect.stringMatching(/^fastify@/), expect.stringMatching(/^react@/)]),
    );
    expect(bill.components.find(({ name }) => name === 'fastify')).toMatchObject({
      hashes: [{ alg: 'SHA-512' }],
      licenses: [{ license: { id: 'MIT' } }],
    });
  });
});

describe('the licence policy', () => {
  it.each(['MIT', '(MIT OR GPL-3.0)', 'Apache-2.0 AND MIT', '(AFL-2.1 OR BSD-3-Clause)'])(
    'permits %s',
    (licence) => expect(licenceFaults([licensed(licence)])).toEqual([]),
  );

  it.each(['GPL-3.0-only', 'MIT AND GPL-3.0', 'MPL-2.0', 'SEE LICENSE IN x', undefined])(
    'refuses %s',
    (licence) =>
      expect(licenceFaults([licensed(licence)])).toEqual([`left@1.0.0: ${licence ?? 'names no licence'}`]),
  );

  it('lets an exception hold for the packages that it names alone', () => {
    expect(licenceFaults([licensed('BlueOak-1.0.0', 'glob'), licensed('BlueOak-1.0.0', 'blob')])).toEqual([
      'blob@1.0.0: BlueOak-1.0.0',
    ]);
  });
});

describe('the audit', () => {
  const report = (severity: string, node: string): string =>
    JSON.stringify({
      auditReportVersion: 2,
      vulnerabilities: { left: { severity, nodes: [node], range: '<2', via: [] } },
    });
  const shipped = [licensed('MIT')];

  it.each(['high', 'critical'])('fails on a %s advisory of what is shipped', (severity) =>
    expect(auditVerdict(report(severity, 'node_modules/left'), shipped)).toEqual({
      kind: 'vulnerable',
      faults: [`left <2: ${severity}`],
    }),
  );

  it('lets lesser ones pass, and those of tools', () => {
    expect(auditVerdict(report('moderate', 'node_modules/left'), shipped)).toEqual({
      kind: 'clean',
      lesser: 1,
    });
    expect(auditVerdict(report('critical', 'node_modules/tool'), shipped)).toEqual({
      kind: 'clean',
      lesser: 0,
    });
  });

  it.each([
    ['{"message":"405 Method Not Allowed","error":{}}', '405 Method Not Allowed'],
    ['', 'npm printed no report'],
  ])('does not take silence of the registry for a clean bill', (stdout, reason) =>
    expect(auditVerdict(stdout, shipped)).toEqual({ kind: 'unanswered', reason }),
  );
});

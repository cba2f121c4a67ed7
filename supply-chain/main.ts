import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { audit } from './audit';
import { materialsOfNpm, materialsShipped } from './bill-of-materials';
import { EXCEPTIONS, licenceFaults } from './licence-policy';
import { noticesOf } from './notices';
import { readLockfile, shippedPackages } from './shipped-packages';

const ROOT = join(__dirname, '..');
const packages = shippedPackages(readLockfile(ROOT));

const COMMANDS: Readonly<Record<string, () => string[]>> = {
  /** @returns what is at fault; none: the licences of everything shipped are permitted. */
  licences: () => {
    const counts = new Map<string, number>();
    for (const { licence } of packages)
      counts.set(licence ?? 'none', (counts.get(licence ?? 'none') ?? 0) + 1);
    for (const [licence, count] of [...counts].sort(([, a], [, b]) => b - a))
      console.log(`${String(count).padStart(4)}  ${licence}`);
    for (const { licence, packages: names, reason } of EXCEPTIONS)
      console.log(`${licence} for ${names.join(', ')}: ${reason}`);
    return licenceFaults(packages);
  },
  notices: () => write('dist/THIRD-PARTY-NOTICES.txt', noticesOf(packages, ROOT)),
  sbom: () =>
    write('dist/sbom.cdx.json', JSON.stringify(materialsShipped(materialsOfNpm(ROOT), packages), null, 2)),
  audit: () => {
    const verdict = audit(ROOT, packages);
    if (verdict.kind === 'vulnerable') return [...verdict.faults];
    console.log(
      verdict.kind === 'clean'
        ? `No shipped package has a high or critical advisory; lesser ones: ${verdict.lesser}.`
        : `NOT AUDITED: the registry did not answer (${verdict.reason}). Nothing is known about advisories.`,
    );
    return verdict.kind === 'unanswered' && process.argv.includes('--strict') ? ['not audited'] : [];
  },
};

function write(path: string, text: string): string[] {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
  console.log(`${path}: ${packages.length} packages`);
  return [];
}

const command = COMMANDS[process.argv[2] ?? ''];
if (!command) throw new Error(`Name one of ${Object.keys(COMMANDS).join(', ')}`);
const faults = command();
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;

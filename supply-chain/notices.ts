import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ShippedPackage } from './shipped-packages';

const LICENCE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/** The licences and notices of all shipped packages as one text. Those for other platforms are named without a text. */
export function noticesOf(packages: readonly ShippedPackage[], root: string): string {
  const sections = packages.map(({ path, name, version, licence }) =>
    [`${name} ${version}`, `Licence: ${licence ?? 'as below'}`, ...licenceTexts(join(root, path))].join(
      '\n\n',
    ),
  );
  return ['Croupier is shipped with the packages below, under their own licences.', ...sections]
    .join(`\n\n${'-'.repeat(80)}\n\n`)
    .concat('\n');
}

function licenceTexts(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => LICENCE_FILE.test(file) && statSync(join(folder, file)).isFile())
      .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json';
import * as contracts from '../index';
import { serialize, snapshotOf } from './contract-snapshot';

/** Writes the contracts of this release to `compatibility/<version>.json`, by which the next one is judged. */
const folder = join(__dirname, '..', '..', 'compatibility');
const file = join(folder, `${packageJson.version}.json`);
mkdirSync(folder, { recursive: true });
writeFileSync(file, serialize(snapshotOf(contracts.EVENTS, contracts)));
process.stdout.write(`${file}\n`);

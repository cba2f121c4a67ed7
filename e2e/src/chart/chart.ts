import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { kubernetesTools } from '@croupier/testing';
import { parseAllDocuments } from 'yaml';
import { runToEnd } from '../run-to-end';

export const ROOT = join(__dirname, '..', '..', '..');
export const CHART = join(ROOT, 'deploy', 'helm', 'croupier');
export const VALUES_FILES = readdirSync(join(CHART, 'ci'));

export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  // A resource has the shape that its kind says.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly [field: string]: any;
}

export async function helm(...parameters: string[]): Promise<string> {
  return runToEnd((await kubernetesTools()).helm, parameters);
}

/** What `helm install` would send to the cluster, hooks included. */
export function rendered(valuesFile: string, ...settings: string[]): Promise<string> {
  const settingsOf = settings.flatMap((setting) => ['--set', setting]);
  return helm(
    ...['template', 'casino', CHART, '--namespace', 'croupier'],
    ...['--kube-version', '1.30.0', '--values', join(CHART, 'ci', valuesFile), ...settingsOf],
  );
}

export function resourcesOf(manifest: string): Resource[] {
  return parseAllDocuments(manifest)
    .map((document) => {
      if (document.errors[0]) throw document.errors[0];
      return document.toJS() as Resource | null;
    })
    .filter((resource) => resource !== null);
}

import { resolve } from 'node:path';
import { Environment, loadConfig } from '@croupier/service-kit';
import { z } from 'zod';
import { withoutSlash } from '../../without-slash';

const GitOpsConfigSchema = z
  .object({
    STATE_DIR: z.string().default('.croupier'),
    /** `file:`, `ssh:` or `https:` address, or a path. */
    GITOPS_REPOSITORY: z.string().min(1).optional(),
    GITOPS_BRANCH: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$/, 'must be the name of a branch')
      .default('main'),
    /** `{environment}`, `{provider}` and `{game}` are filled in, here and below. */
    GITOPS_VALUES_PATH: z
      .string()
      .regex(/^(?!\/)(?!.*\.\.)/, 'must be a path inside the repository')
      .default('{environment}/{provider}/{game}/values.yaml'),
    /** And `{slot}`. */
    GITOPS_ENDPOINT: z.string().default('http://{provider}-{game}-{slot}.{environment}.svc:8080'),
    GITOPS_COMMITTER: z
      .string()
      .regex(/^[^<>]+ <[^<>@ ]+@[^<>@ ]+>$/, 'must be written as Name <address>')
      .default('Croupier <croupier@localhost>'),
    GITOPS_SSH_KEY_FILE: z.string().optional(),
    GITOPS_SSH_KNOWN_HOSTS_FILE: z.string().optional(),
    /** For `https:`. */
    GITOPS_USER: z.string().default('croupier'),
    GITOPS_TOKEN: z.string().optional(),
    /** Whose word is waited for that the cluster has what was committed. */
    GITOPS_HEALTH: z.enum(['none', 'argocd', 'flux']).default('none'),
    /** Name of the Argo CD Application, or `namespace/name` of the Flux Kustomization or HelmRelease. */
    GITOPS_APPLICATION: z.string().default('{provider}-{game}-{environment}'),
    GITOPS_SYNC_TIMEOUT_MS: z.coerce.number().int().min(1_000).max(3_600_000).default(90_000),
    ARGOCD_URL: z.url({ protocol: /^https?$/ }).optional(),
    ARGOCD_TOKEN: z.string().optional(),
  })
  .refine(({ GITOPS_HEALTH, ARGOCD_URL }) => GITOPS_HEALTH !== 'argocd' || ARGOCD_URL !== undefined, {
    path: ['ARGOCD_URL'],
    error: 'must be set with GITOPS_HEALTH=argocd',
  });

export class GitOpsConfig {
  readonly cloneFolder: string;
  readonly repository: string | undefined;
  readonly branch: string;
  readonly valuesPath: string;
  readonly endpoint: string;
  readonly committer: { readonly name: string; readonly email: string };
  readonly sshKeyFile: string | undefined;
  readonly sshKnownHostsFile: string | undefined;
  readonly user: string;
  readonly token: string | undefined;
  readonly health: 'none' | 'argocd' | 'flux';
  readonly application: string;
  readonly syncTimeoutMs: number;
  readonly argoCd: { readonly url: string; readonly token: string | undefined };

  constructor(environment: Environment | NodeJS.ProcessEnv) {
    const config = loadConfig(GitOpsConfigSchema, environment);
    const [name = '', email = ''] = config.GITOPS_COMMITTER.replace(/>$/, '').split(' <');
    this.cloneFolder = resolve(config.STATE_DIR, 'gitops');
    this.repository = config.GITOPS_REPOSITORY;
    this.branch = config.GITOPS_BRANCH;
    this.valuesPath = config.GITOPS_VALUES_PATH;
    this.endpoint = config.GITOPS_ENDPOINT;
    this.committer = { name, email };
    this.sshKeyFile = config.GITOPS_SSH_KEY_FILE;
    this.sshKnownHostsFile = config.GITOPS_SSH_KNOWN_HOSTS_FILE;
    this.user = config.GITOPS_USER;
    this.token = config.GITOPS_TOKEN;
    this.health = config.GITOPS_HEALTH;
    this.application = config.GITOPS_APPLICATION;
    this.syncTimeoutMs = config.GITOPS_SYNC_TIMEOUT_MS;
    this.argoCd = { url: withoutSlash(config.ARGOCD_URL ?? ''), token: config.ARGOCD_TOKEN };
  }
}

/** Fills in `{provider}` and the like. */
export function filledIn(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

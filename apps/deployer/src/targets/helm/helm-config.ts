import { Environment, loadConfig } from '@croupier/service-kit';
import { z } from 'zod';

const namespace = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be a DNS label');

const HelmConfigSchema = z.object({
  HELM_PROGRAM: z.string().default('helm'),
  /** A folder, an archive or an `oci://` address. */
  HELM_CHART: z.string().default('deploy/charts/workload'),
  HELM_VALUES_FILE: z.string().optional(),
  HELM_KUBECONFIG: z.string().optional(),
  HELM_KUBE_CONTEXT: z.string().optional(),
  HELM_STAGING_NAMESPACE: namespace.default('games-staging'),
  HELM_PRODUCTION_NAMESPACE: namespace.default('games'),
  /** A Helm release for each version, beside each other; or one for each subject, upgraded and rolled back in place. */
  HELM_LAYOUT: z.enum(['per-version', 'in-place']).default('per-version'),
  /** `{release}` and `{namespace}` are filled in. */
  HELM_ENDPOINT: z.string().default('http://{release}.{namespace}.svc:8080'),
  HELM_TIMEOUT_MS: z.coerce.number().int().min(1_000).max(3_600_000).default(90_000),
});

export class HelmConfig {
  readonly program: string;
  readonly chart: string;
  readonly valuesFile: string | undefined;
  readonly kubeconfig: string | undefined;
  readonly kubeContext: string | undefined;
  readonly namespaces: { readonly staging: string; readonly production: string };
  readonly layout: 'per-version' | 'in-place';
  readonly endpoint: string;
  readonly timeoutMs: number;

  constructor(environment: Environment | NodeJS.ProcessEnv) {
    const config = loadConfig(HelmConfigSchema, environment);
    this.program = config.HELM_PROGRAM;
    this.chart = config.HELM_CHART;
    this.valuesFile = config.HELM_VALUES_FILE;
    this.kubeconfig = config.HELM_KUBECONFIG;
    this.kubeContext = config.HELM_KUBE_CONTEXT;
    this.namespaces = {
      staging: config.HELM_STAGING_NAMESPACE,
      production: config.HELM_PRODUCTION_NAMESPACE,
    };
    this.layout = config.HELM_LAYOUT;
    this.endpoint = config.HELM_ENDPOINT;
    this.timeoutMs = config.HELM_TIMEOUT_MS;
  }
}

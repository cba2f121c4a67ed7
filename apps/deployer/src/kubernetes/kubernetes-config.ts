import { Environment, loadConfig } from '@croupier/service-kit';
import { z } from 'zod';

const KubernetesConfigSchema = z.object({
  /** Left out: as kubectl finds it, or the service account of the pod. */
  KUBERNETES_KUBECONFIG: z.string().optional(),
  KUBERNETES_CONTEXT: z.string().optional(),
});

export class KubernetesConfig {
  readonly kubeconfigFile: string | undefined;
  readonly context: string | undefined;

  constructor(environment: Environment | NodeJS.ProcessEnv) {
    const config = loadConfig(KubernetesConfigSchema, environment);
    this.kubeconfigFile = config.KUBERNETES_KUBECONFIG;
    this.context = config.KUBERNETES_CONTEXT;
  }
}

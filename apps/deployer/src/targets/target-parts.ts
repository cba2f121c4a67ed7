import { Environment } from '@croupier/service-kit';
import { KubernetesApi } from '../kubernetes/kubernetes-api';
import { KubernetesConfig } from '../kubernetes/kubernetes-config';
import { ArtifactStore } from './artifact-store';
import { DeploymentTarget } from './deployment-target';
import { ArgoCdHealth } from './gitops/argo-cd-health';
import { FluxHealth } from './gitops/flux-health';
import { GitProgram } from './gitops/git-program';
import { GitOpsConfig } from './gitops/gitops-config';
import { GitOpsTarget } from './gitops/gitops-target';
import { SyncWatch } from './gitops/sync-watch';
import { ValuesRepository } from './gitops/values-repository';
import { HelmConfig } from './helm/helm-config';
import { HelmProgram } from './helm/helm-program';
import { HelmTarget } from './helm/helm-target';
import { LocalTarget } from './local-target';
import { RemoteTarget } from './remote-target';
import { StaticConfig } from './static/static-config';
import { StaticTarget } from './static/static-target';
import { TargetByRuntime } from './target-by-runtime';
import { TargetConfig } from './target-config';

const CONFIGS = [TargetConfig, HelmConfig, GitOpsConfig, StaticConfig, KubernetesConfig].map((Config) => ({
  provide: Config,
  useFactory: (environment: Environment) => new Config(environment),
  inject: [Environment],
}));

/** For the deployer's module: where versions run. */
export const TARGET_PROVIDERS = [
  ...CONFIGS,
  { provide: DeploymentTarget, useClass: TargetByRuntime },
  ArgoCdHealth,
  ArtifactStore,
  FluxHealth,
  GitOpsTarget,
  GitProgram,
  HelmProgram,
  HelmTarget,
  KubernetesApi,
  LocalTarget,
  RemoteTarget,
  StaticTarget,
  SyncWatch,
  ValuesRepository,
];

import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { ProgramFailed, runBounded } from '../../programs/run-bounded';
import { HelmConfig } from './helm-config';

/** `helm history -o json`: https://helm.sh/docs/helm/helm_history/ */
const History = z.array(
  z.object({ revision: z.int(), status: z.string(), description: z.string().default('') }),
);
export type HelmRevision = z.infer<typeof History>[number];

export interface HelmRelease {
  readonly name: string;
  readonly namespace: string;
}

const READ_TIMEOUT_MS = 30_000;
/** What Helm itself may take beyond its `--timeout`, which is for each operation. */
const GRACE_MS = 15_000;
/** Kept of a release: enough to go back, and a bound for the cluster's store. */
const MAX_HISTORY = 20;

/** The `helm` command line, version 3 or 4. */
@Injectable()
export class HelmProgram {
  constructor(private readonly config: HelmConfig) {}

  /** Oldest first; nothing for a release that does not exist. */
  async history({ name, namespace }: HelmRelease): Promise<HelmRevision[]> {
    try {
      const listed = await this.run(
        ['history', name, '--namespace', namespace, '--output', 'json', '--max', String(MAX_HISTORY)],
        READ_TIMEOUT_MS,
      );
      return History.parse(JSON.parse(listed));
    } catch (error) {
      if (error instanceof ProgramFailed && /release: not found/.test(error.output)) return [];
      throw error;
    }
  }

  /** Installs or upgrades, waits until what it made is ready, and goes back by itself if that fails. */
  async upgrade(release: HelmRelease, valuesFile: string, description: string): Promise<void> {
    await this.run(upgradeArguments(release, valuesFile, description, this.config), this.longest);
  }

  async rollback({ name, namespace }: HelmRelease, revision: number): Promise<void> {
    await this.run(
      ['rollback', name, String(revision), '--namespace', namespace, '--wait', '--timeout', this.timeout],
      this.longest,
    );
  }

  async uninstall({ name, namespace }: HelmRelease): Promise<void> {
    await this.run(
      [
        'uninstall',
        name,
        '--namespace',
        namespace,
        '--ignore-not-found',
        '--wait',
        '--timeout',
        this.timeout,
      ],
      this.longest,
    );
  }

  private get timeout(): string {
    return `${this.config.timeoutMs}ms`;
  }

  private get longest(): number {
    return this.config.timeoutMs + GRACE_MS;
  }

  private run(parameters: string[], timeoutMs: number): Promise<string> {
    const { program, kubeconfig, kubeContext } = this.config;
    const where = kubeContext === undefined ? [] : ['--kube-context', kubeContext];
    const { PATH, HOME, KUBECONFIG, KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT } = process.env;
    const env = {
      PATH,
      HOME,
      KUBERNETES_SERVICE_HOST,
      KUBERNETES_SERVICE_PORT,
      KUBECONFIG: kubeconfig ?? KUBECONFIG,
    };
    return runBounded(program, [...parameters, ...where], { timeoutMs, env });
  }
}

/** `--atomic` includes waiting and going back; Helm 4 knows it as an older name of `--rollback-on-failure`. */
export function upgradeArguments(
  { name, namespace }: HelmRelease,
  valuesFile: string,
  description: string,
  config: Pick<HelmConfig, 'chart' | 'valuesFile' | 'timeoutMs'>,
): string[] {
  const values = [config.valuesFile, valuesFile].flatMap((file) => (file ? ['--values', file] : []));
  return [
    'upgrade',
    name,
    config.chart,
    '--install',
    '--atomic',
    '--wait',
    '--timeout',
    `${config.timeoutMs}ms`,
    '--namespace',
    namespace,
    '--history-max',
    String(MAX_HISTORY),
    ...values,
    '--description',
    description,
  ];
}

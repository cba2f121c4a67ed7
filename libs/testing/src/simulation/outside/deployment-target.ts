import type { Setting } from '../setting';

/** The outside says no, or fails. */
export class Refused extends Error {}

export interface Workload {
  readonly environment: 'staging' | 'production';
  readonly subject: string;
  readonly version: string;
}

/** The right by which a target is told something. */
export interface Fence {
  readonly partition: number;
  readonly token: number;
}

export interface TargetWatch {
  obeyed(fence: Fence): void;
  deployed(workload: Workload, copies: number): void;
}

/** Where workloads run. It is told the end state, so that whatever is repeated does no harm. */
export class DeploymentTarget {
  private readonly running = new Map<string, { readonly workload: Workload; readonly names: Set<string> }>();
  private readonly highestSeen = new Map<number, number>();

  constructor(
    private readonly setting: Setting,
    private readonly watch: TargetWatch,
  ) {}

  deploy(workload: Workload, attempt: number, fence: Fence): void {
    this.admit(fence);
    const key = keyOf(workload);
    const { names } = this.running.get(key) ?? { names: new Set<string>() };
    names.add(this.setting.rules.workloadName(key, attempt));
    this.running.set(key, { workload, names });
    this.watch.deployed(workload, names.size);
  }

  remove(workload: Workload, fence: Fence): void {
    this.admit(fence);
    this.running.delete(keyOf(workload));
  }

  runs(workload: Workload): boolean {
    return this.running.has(keyOf(workload));
  }

  all(): Workload[] {
    return [...this.running.values()].map(({ workload }) => workload);
  }

  private admit(fence: Fence): void {
    const highest = this.highestSeen.get(fence.partition) ?? 0;
    if (!this.setting.rules.isFresh(fence.token, highest))
      throw new Refused(`token ${fence.token} of partition ${fence.partition} is older than ${highest}`);
    this.highestSeen.set(fence.partition, Math.max(highest, fence.token));
    this.watch.obeyed(fence);
  }
}

function keyOf({ environment, subject, version }: Workload): string {
  return `${environment} ${subject}@${version}`;
}

import type { ReleaseView } from '@croupier/contracts';
import type { CommonOptions } from '../../platform/service-api';
import { print } from '../../terminal/print';
import { nameOf } from './release-line';
import { RolloutApi } from './rollout-api';

export type Steering =
  'pause' | 'resume' | 'promote' | 'skip' | 'abort' | 'approve' | 'reject' | 'override' | 'retry';

export interface SteerOptions extends CommonOptions {
  readonly reason: string;
}

/** A command that arrives late must not go to the next step. */
const OF_THE_STEP_SEEN: readonly Steering[] = ['skip', 'approve', 'reject', 'override'];
/** What lets a digest go is of the one that was looked at. */
const OF_THE_DIGEST_SEEN: readonly Steering[] = ['approve', 'override'];

export async function steerRollout(command: Steering, name: string, options: SteerOptions): Promise<void> {
  const { reason } = options;
  const api = await RolloutApi.of(options);
  const { id, stepIndex, digest } = await api.find(name);
  const seen = {
    ...(OF_THE_STEP_SEEN.includes(command) && { stepIndex }),
    ...(OF_THE_DIGEST_SEEN.includes(command) && { digest }),
  };
  printRelease(await api.command(id, command, { reason, ...seen }), options);
}

/** A rollout in traffic is aborted; of a promoted release, the version before is released. */
export async function rollBack(
  name: string,
  options: SteerOptions & { readonly to?: string },
): Promise<void> {
  const { reason, to } = options;
  const api = await RolloutApi.of(options);
  const { id } = await api.find(name);
  printRelease(await api.command(id, 'rollback', { reason, ...(to && { to }) }), options);
}

function printRelease(release: ReleaseView, { json }: CommonOptions): void {
  if (json) return print(JSON.stringify(release));
  print(`${nameOf(release)} is ${release.status} at ${release.weightPercent} %: ${release.reason}`);
  print(`croupier rollouts watch ${release.id}`);
}

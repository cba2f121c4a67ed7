import { Injectable } from '@nestjs/common';
import { gameVersionId, subjectId } from '@croupier/contracts';
import { DeploymentTarget, refuseStale, type DeploymentCause, type WorkloadSpec } from '../deployment-target';
import { imageTag } from '../image-tag';
import { commitMessage } from './commit-message';
import { filledIn, GitOpsConfig } from './gitops-config';
import { SyncWatch } from './sync-watch';
import { slotsOf, withSlots, type Slot } from './values-text';
import { ValuesRepository, type BranchState, type Edit } from './values-repository';

/**
 * Versions as commits, which Argo CD or Flux applies. Each subject has a `values.yaml` in each environment, whose `slots`
 * are the places that a version can be in. A file with one slot is changed in place.
 */
@Injectable()
export class GitOpsTarget extends DeploymentTarget {
  constructor(
    private readonly repository: ValuesRepository,
    private readonly watch: SyncWatch,
    private readonly config: GitOpsConfig,
  ) {
    super();
  }

  async deploy(spec: WorkloadSpec, cause: DeploymentCause): Promise<{ endpoint: string }> {
    let slot = '';
    const commit = await this.repository.change(this.pathOf(spec), async (state) => {
      const present = slotWith(spec, state);
      if (present) {
        slot = present.name;
        return null;
      }
      await refuseRepeat(state, spec, cause);
      refuseStale(state.path, await state.highestToken(), cause);
      slot = freeSlot(spec, state).name;
      return deployment(spec, cause, state, slot);
    });
    await this.watch.untilHealthy(this.namesOf(spec), commit);
    return { endpoint: filledIn(this.config.endpoint, { ...this.namesOf(spec), slot }) };
  }

  async remove(spec: WorkloadSpec, cause: DeploymentCause): Promise<void> {
    await this.repository.change(this.pathOf(spec), async (state) => {
      const present = slotWith(spec, state);
      if (!present) return null;
      refuseStale(state.path, await state.highestToken(), cause);
      return reversal(spec, cause, state, present.name);
    });
  }

  private pathOf(spec: WorkloadSpec): string {
    return filledIn(this.config.valuesPath, this.namesOf(spec));
  }

  private namesOf({ environment, manifest: { provider, game } }: WorkloadSpec): Record<string, string> {
    return { environment, provider, game };
  }
}

function idOf({ manifest: { provider, game, version } }: WorkloadSpec): string {
  return gameVersionId(subjectId(provider, game), version);
}

function slotWith({ manifest }: WorkloadSpec, { text }: BranchState): Slot | undefined {
  return slotsOf(text).find(({ tag }) => tag === imageTag(manifest.version));
}

/** An effect's own commit that is no longer in force was taken back by somebody, who must not be overruled. */
async function refuseRepeat(state: BranchState, spec: WorkloadSpec, cause: DeploymentCause): Promise<void> {
  const own = await state.commitOfEffect(cause.effectKey);
  if (own !== null)
    throw new Error(`Commit ${own.slice(0, 12)} deployed ${idOf(spec)}, and somebody has taken it out since`);
}

/** Staging is the subject's own, so that there a version takes the place of any other. */
function freeSlot(spec: WorkloadSpec, { path, text }: BranchState): Slot {
  const slots = slotsOf(text);
  const inPlace = slots.length === 1 || spec.environment === 'staging' ? slots[0] : undefined;
  const slot = slots.find(({ tag }) => tag === '') ?? inPlace;
  if (slot) return slot;
  const taken = slots.map(({ name, tag }) => `${name} has ${tag}`).join(', ');
  throw new Error(`${path} has no free slot (${taken}): wait until one has drained, or add a slot`);
}

function deployment(spec: WorkloadSpec, cause: DeploymentCause, { text }: BranchState, slot: string): Edit {
  return {
    text: withSlots(text, [{ name: slot, tag: imageTag(spec.manifest.version) }]),
    message: commitMessage({
      subject: deploymentSubject(spec),
      cause,
      deploys: idOf(spec),
    }),
  };
}

/** Puts back what the commit that brought the version replaced. */
async function reversal(
  spec: WorkloadSpec,
  cause: DeploymentCause,
  state: BranchState,
  slot: string,
): Promise<Edit> {
  const commit = await state.commitThatDeploys(idOf(spec));
  if (commit === null)
    return {
      text: withSlots(state.text, [{ name: slot, tag: '' }]),
      message: commitMessage({ subject: `Remove ${idOf(spec)} from ${spec.environment}`, cause }),
    };
  const before = slotsOf(await state.textBefore(commit)).find(({ name }) => name === slot);
  return {
    text: withSlots(state.text, [{ name: slot, tag: before?.tag ?? '' }]),
    message: commitMessage({
      subject: `Revert "${deploymentSubject(spec)}"`,
      body: `This reverts commit ${commit}.`,
      cause,
    }),
  };
}

function deploymentSubject(spec: WorkloadSpec): string {
  return `Deploy ${idOf(spec)} to ${spec.environment}`;
}

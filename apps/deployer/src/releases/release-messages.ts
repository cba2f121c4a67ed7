import type { CloudEvent, GameManifest } from '@croupier/contracts';
import { newEvent } from '@croupier/messaging';
import type { ReleasePlan, RolloutEvent } from '@croupier/rollout';

export interface StagedArtifact {
  readonly manifest: GameManifest;
  readonly manifestUrl: string;
}

export interface Context {
  readonly plan: ReleasePlan;
  /** What the manifest names. */
  readonly flags: readonly string[];
  /** Needed with `release.staged` only. */
  readonly artifact: StagedArtifact | undefined;
  /** Of the trace that the release belongs to; null when it belongs to none. */
  readonly traceparent: string | null;
}

/** What the other services are told of an event; most of a timeline is nobody else's business. */
export function messagesOf(event: RolloutEvent, context: Context): CloudEvent[] {
  const { releaseId, provider, game, version } = event;
  const release = { releaseId, provider, game, version };
  const origin = {
    source: 'croupier/deployer',
    subject: `${provider}/${game}`,
    traceparent: context.traceparent,
  };
  switch (event.type) {
    case 'release.queued':
      return [newEvent(event.type, { ...release, digest: event.plan.digest }, origin)];
    case 'approval.requested': {
      const { digest, required, expiresAt } = event;
      const until = expiresAt ? new Date(expiresAt).toISOString() : null;
      return [newEvent(event.type, { ...release, digest, required, expiresAt: until }, origin)];
    }
    case 'approval.overridden': {
      const { actor, reason, digest, given, required } = event;
      return [newEvent(event.type, { ...release, digest, actor, reason, given, required }, origin)];
    }
    case 'release.approved': {
      const { actor, digest, given, required } = event;
      return [newEvent(event.type, { ...release, digest, actor, given, required }, origin)];
    }
    case 'release.staged': {
      const migrations = migrationsOf(context.artifact);
      return [newEvent(event.type, { ...release, digest: event.digest, migrations }, origin)];
    }
    case 'rollout.started':
      return [newEvent(event.type, { ...release, stableVersion: event.stableVersion }, origin)];
    case 'rollout.step': {
      const { stepIndex, weightPercent, step } = event;
      const told = newEvent(event.type, { ...release, stepIndex, weightPercent }, origin);
      if (step.kind !== 'setFlag') return [told];
      const { flag, enabled } = step;
      return [told, newEvent('flag.requested', { ...release, flag, enabled }, origin)];
    }
    case 'release.failed':
      return [newEvent(event.type, { ...release, reason: event.reason }, origin)];
    case 'rollout.paused':
      return [newEvent(event.type, { ...release, reason: event.reason }, origin)];
    case 'rollout.held':
    case 'rollout.incident': {
      const { weightPercent, explanation: reason } = event;
      return [newEvent(event.type, { ...release, weightPercent, reason }, origin)];
    }
    case 'rollout.promoted': {
      const { previousVersion } = event;
      return [newEvent(event.type, { ...release, previousVersion, flags: flagsOf(context) }, origin)];
    }
    case 'rollout.rolled_back': {
      const { stableVersion, cause, reason, evidence, changesTraffic } = event;
      const flags = [...new Set([...context.flags, ...(event.flags ?? [])])];
      const told = {
        ...release,
        stableVersion,
        cause,
        reason,
        evidence: [...evidence],
        flags,
        changesTraffic,
      };
      const over = changesTraffic ? [] : [newEvent('rollback.completed', release, origin)];
      return [newEvent(event.type, told, origin), ...over];
    }
    case 'weight.confirmed':
      // No step has the weight 0: it is the rollback's.
      return event.weightPercent === 0 ? [newEvent('rollback.completed', release, origin)] : [];
    default:
      return [];
  }
}

/** What promotion turns on: what the manifest names and no step has turned off, and what steps have turned on. */
function flagsOf({ plan, flags }: Context): string[] {
  const bySteps = new Map(
    plan.steps.flatMap((step) => (step.kind === 'setFlag' ? [[step.flag, step.enabled] as const] : [])),
  );
  const named = new Set([...flags, ...bySteps.keys()]);
  return [...named].filter((flag) => bySteps.get(flag) ?? true);
}

function migrationsOf(artifact: StagedArtifact | undefined): { path: string; url: string; sha256: string }[] {
  if (artifact === undefined) throw new Error('What is staged has a manifest');
  const { manifest, manifestUrl } = artifact;
  const sha256Of = new Map(manifest.files.map((file) => [file.path, file.sha256]));
  return manifest.migrations.flatMap((path) => {
    const sha256 = sha256Of.get(path);
    return sha256 === undefined ? [] : [{ path, url: new URL(path, manifestUrl).href, sha256 }];
  });
}

import { Injectable, Logger } from '@nestjs/common';
import type { ArtifactRegistered, EvaluationRequest, ReleaseId } from '@croupier/contracts';
import type { ReleasePlan } from '@croupier/rollout';
import { evaluate, type Evaluation } from './evaluate';
import { KnownArtifacts } from './known-artifacts';
import type { ArtifactFacts, PlanOverrides, Policy } from './policy';
import { PolicyBook } from './policy-book';

/** What policy says of a version that is there to be released. */
export interface PlannedRelease extends Omit<Evaluation, 'plan'> {
  /** Null when none can be made; then `decision` is `skip`. */
  readonly plan: ReleasePlan | null;
}

/** Applies the policies: to versions that come in, and to versions somebody asks about. */
@Injectable()
export class PolicyService {
  private readonly logger = new Logger(PolicyService.name);

  constructor(
    private readonly book: PolicyBook,
    private readonly known: KnownArtifacts,
  ) {}

  /**
   * The plan of a release to be queued. `decision` is what policy says without anybody asking; somebody who asks for the
   * release may have its plan all the same. `flags` are turned on in place of the manifest's. Works in memory, so it may be called within a transaction.
   */
  planFor(
    releaseId: ReleaseId,
    artifact: ArtifactRegistered,
    stableVersion: string | null,
    order: PlanOverrides & {
      readonly flags?: readonly string[];
      /** Where the version is certified, of what its manifest says. */
      readonly markets?: readonly string[];
    } = {},
  ): PlannedRelease {
    const { provider, game, version, digest, manifest } = artifact;
    const { requires } = manifest;
    const markets = order.markets ?? manifest.markets;
    const flags = order.flags?.length ? order.flags : manifest.flags;
    const facts = { provider, game, version, stableVersion, markets, flags, requires };
    const { plan, ...evaluation } = evaluate(this.book.policies, facts, this.book.defaults, order);
    if (evaluation.skipReason === 'no-plan')
      this.logger.warn(`${provider}/${game} ${version}: ${evaluation.why.join(' ')}`);
    return {
      ...evaluation,
      plan: plan === null ? null : { releaseId, provider, game, version, digest, ...plan },
    };
  }

  /** What would happen to a version, by the policies and perhaps a draft of one. Nothing comes of it. */
  async evaluate(request: EvaluationRequest): Promise<Evaluation> {
    const stored = await this.book.latest();
    const policies = request.draft === undefined ? stored : this.withDraft(stored, request.draft);
    const { facts, assumed } = await this.factsOf(request);
    const evaluation = evaluate(policies, facts, this.book.defaults);
    return { ...evaluation, why: [...evaluation.why, ...assumed] };
  }

  private withDraft(stored: readonly Policy[], draft: NonNullable<EvaluationRequest['draft']>): Policy[] {
    const others = stored.filter(({ name }) => name !== draft.name);
    const before = stored.find(({ name }) => name === draft.name);
    const policy: Policy = { ...draft, version: (before?.version ?? 0) + 1 };
    this.book.refuseFaults(policy, others);
    return [...others, policy];
  }

  private async factsOf(
    request: EvaluationRequest,
  ): Promise<{ readonly facts: ArtifactFacts; readonly assumed: string[] }> {
    const { provider, game, version } = request;
    const manifest = await this.known.nearestManifest(provider, game, version);
    const own = manifest?.version === version ? manifest : null;
    const assumesMarkets = request.markets === undefined && manifest !== null && own === null;
    const stableVersion =
      request.stableVersion === undefined
        ? await this.known.stableVersion(provider, game)
        : request.stableVersion;
    return {
      facts: {
        provider,
        game,
        version,
        stableVersion,
        markets: request.markets ?? manifest?.markets ?? null,
        flags: request.flags ?? own?.flags ?? [],
        requires: request.requires ?? own?.requires ?? [],
      },
      assumed: assumesMarkets ? [`Its markets are taken to be those of ${manifest.version}.`] : [],
    };
  }
}

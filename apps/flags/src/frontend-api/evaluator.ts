import { EventEmitter } from 'node:events';
import type { Context } from 'unleash-client';
import UnleashClient from 'unleash-client/lib/client';
import type { FeatureInterface } from 'unleash-client/lib/feature';
import type { RepositoryInterface } from 'unleash-client/lib/repository';
import { defaultStrategies } from 'unleash-client/lib/strategy';
import type { Segment } from 'unleash-client/lib/strategy/strategy';
import type { ClientFeature, ClientStrategy } from '../live/client-feature';
import type { Snapshot } from '../live/snapshot';

/** What the SDK evaluates, given to it instead of fetched by it. */
class SnapshotRepository extends EventEmitter implements RepositoryInterface {
  private readonly features: Map<string, FeatureInterface>;

  constructor(private readonly snapshot: Snapshot) {
    super();
    this.features = new Map(snapshot.features as unknown as Map<string, FeatureInterface>);
  }

  getToggle(name: string): FeatureInterface | undefined {
    return this.features.get(name);
  }

  getToggles(): FeatureInterface[] {
    return [...this.features.values()];
  }

  getTogglesWithSegmentData(): never {
    throw new Error('Nobody asks for this');
  }

  getSegment(id: number): Segment | undefined {
    return this.snapshot.segments.get(id) as unknown as Segment | undefined;
  }

  async start(): Promise<void> {}

  stop(): void {
    this.removeAllListeners();
  }
}

type Variant = ReturnType<UnleashClient['getVariant']>;

interface Candidate {
  readonly name: string;
  readonly prefix: string;
  readonly suffix: string;
  /** The flag's part of every answer; undefined where it depends on who asks; null where it is in none. */
  readonly always: string | null | undefined;
  readonly byVariant: Map<string, string>;
}

/** More payloads than that are rendered anew. */
const MAX_VARIANTS_KEPT = 100;

/**
 * Answers which flags are on for a context. Each flag is evaluated by Unleash's own SDK; one whose answer cannot depend
 * on who asks is evaluated once.
 */
export class Evaluator {
  private readonly sdk: UnleashClient;
  private readonly candidates: readonly Candidate[];

  constructor(snapshot: Snapshot) {
    // The SDK's evaluating part alone: around it, every flag of every answer would copy the context.
    this.sdk = new UnleashClient(new SnapshotRepository(snapshot), defaultStrategies);
    // What is wrong with a flag makes it off. Without a listener it would make the request fail.
    this.sdk.on('error', () => undefined);
    this.candidates = [...snapshot.features.values()]
      .filter(({ enabled }) => enabled)
      .map((feature) => this.candidateOf(feature));
  }

  /** Those that are on, as the frontend API answers them, in JSON. */
  answer(context: Context): string {
    let toggles = '';
    for (const candidate of this.candidates) {
      const toggle = candidate.always === undefined ? this.evaluate(candidate, context) : candidate.always;
      if (toggle !== null) toggles += toggles === '' ? toggle : `,${toggle}`;
    }
    return `{"toggles":[${toggles}]}`;
  }

  private candidateOf(feature: ClientFeature): Candidate {
    const { name, impressionData } = feature;
    const candidate = {
      name,
      prefix: `{"name":${JSON.stringify(name)},"enabled":true,"variant":`,
      suffix: `,"impressionData":${impressionData}}`,
      always: undefined,
      byVariant: new Map<string, string>(),
    };
    return isSameForAll(feature) ? { ...candidate, always: this.evaluate(candidate, {}) } : candidate;
  }

  private evaluate(candidate: Candidate, context: Context): string | null {
    const variant = this.sdk.getVariant(candidate.name, context);
    if (variant.feature_enabled !== true) return null;
    const key = variant.payload === undefined ? variant.name : `${variant.name}\n${variant.payload.value}`;
    const known = candidate.byVariant.get(key);
    if (known !== undefined) return known;
    const toggle = candidate.prefix + JSON.stringify(variantOf(variant)) + candidate.suffix;
    if (candidate.byVariant.size < MAX_VARIANTS_KEPT) candidate.byVariant.set(key, toggle);
    return toggle;
  }
}

function variantOf({ name, enabled, payload, feature_enabled }: Variant): object {
  return {
    name,
    enabled,
    ...(payload === undefined ? {} : { payload }),
    feature_enabled,
    featureEnabled: feature_enabled,
  };
}

/** Whether nothing in the flag looks at the context, at chance or at the time. */
function isSameForAll({ strategies, variants, dependencies = [] }: ClientFeature): boolean {
  return variants.length === 0 && dependencies.length === 0 && strategies.every(isForEverybody);
}

/** A rollout to 100 % takes in every place that stickiness may give, and by default everybody has one. */
function isForEverybody({ name, parameters, ...rest }: ClientStrategy): boolean {
  const { constraints = [], segments = [], variants = [] } = rest;
  if (constraints.length + segments.length + variants.length > 0) return false;
  const { rollout, stickiness = 'default' } = parameters;
  const isWhole = Number(rollout) === 100 && (stickiness === 'default' || stickiness === 'random');
  return name === 'default' || (name === 'flexibleRollout' && isWhole);
}

import type { ReleaseId, Strategy } from '@croupier/contracts';
import type { ReleasePlan } from '@croupier/rollout';
import type { Setting } from '../setting';
import { drawVersion, subjectOf, type GameVersion } from './game-version';
import type { Registry } from './registry';
import { drawPlan, drawStrategy } from './release-plan';
import type { Subject } from './subjects';

/** What is stable of a subject at this moment. */
type StableOf = (subject: string) => string | null;

const LAST_ARRIVAL_MS = 20_000;

/** Who comes when: new versions, mostly in order, again some that are known, and ways back to earlier ones. */
export class Arrivals {
  private arrived = 0;

  constructor(
    private readonly setting: Setting,
    private readonly subjects: readonly Subject[],
    private readonly registry: Registry,
    private readonly stableOf: StableOf,
    private readonly queue: (plan: ReleasePlan) => void,
  ) {}

  start(): void {
    const { time, random } = this.setting;
    const count = random.between(3, 7);
    const minors = Array.from({ length: count }, (_, index) => index + 1);
    if (random.chance(0.3)) minors.reverse();
    const moments = minors.map(() => random.between(0, LAST_ARRIVAL_MS)).sort((one, other) => one - other);
    for (const [index, afterMs] of moments.entries())
      time.after(afterMs, () => this.arrive(random.pick(this.subjects), `1.${minors[index]}.0`));
  }

  private arrive(subject: Subject, next: string): void {
    const { random } = this.setting;
    const { version, strategy } = this.drawWhat(subject, next);
    this.registry.add(version);
    const modules = this.subjects.length > 1 ? [subjectOf(this.subjects[0]!)] : [];
    const others = modules.filter((module) => module !== subjectOf(subject));
    this.queue(drawPlan(random, releaseIdOf((this.arrived += 1)), version, strategy, others));
  }

  private drawWhat(
    subject: Subject,
    next: string,
  ): { readonly version: GameVersion; readonly strategy: Strategy } {
    const { random } = this.setting;
    const stable = this.stableOf(subjectOf(subject));
    const known = this.registry.of(subjectOf(subject)).filter(({ version }) => version !== stable);
    const lot = random.next();
    if (known.length > 0 && lot < 0.15) return { version: random.pick(known), strategy: 'rollback' };
    const strategy = drawStrategy(random);
    if (known.length > 0 && lot < 0.33) return { version: random.pick(known), strategy };
    return { version: drawVersion(random, subject, next), strategy };
  }
}

function releaseIdOf(number: number): ReleaseId {
  return `${String(number).padStart(8, '0')}-0000-4000-8000-000000000000` as ReleaseId;
}

import { Injectable } from '@nestjs/common';
import { subjectId, type CacheRuleDocument } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { requirePrecondition, versionTag, type Precondition } from '@croupier/service-kit';
import { unknownTarget } from '../invalidations/invalidation-problems';
import { TargetList } from '../targets/target-list';
import { filledSelector } from './planned-steps';
import { invalidRule, ruleTie, tooManyRules, unknownRule } from './rule-problems';
import { RuleRepository, type Rule, type RuleVersion } from './rule-repository';

const MOST = 1_000;

export interface RuleChange {
  readonly name: string;
  readonly expected: Precondition;
  readonly author: string;
  readonly reason: string;
}

/** What operators have said about modules and games. */
@Injectable()
export class RuleBook {
  constructor(
    private readonly rules: RuleRepository,
    private readonly targets: TargetList,
  ) {}

  /** The narrowest one: of the subject, else of its provider, else of all. */
  async ruleFor(tx: Transaction, provider: string, game: string): Promise<CacheRuleDocument | null> {
    const documents = (await this.rules.current(tx)).map(({ document }) => document);
    const subject = subjectId(provider, game);
    return (
      documents.find(({ scope }) => scope.subject === subject) ??
      documents.find(({ scope }) => scope.provider === provider) ??
      documents.find(({ scope }) => scope.subject === null && scope.provider === null) ??
      null
    );
  }

  all(): Promise<Rule[]> {
    return this.rules.current();
  }

  async one(name: string): Promise<Rule> {
    const rule = (await this.rules.current()).find((each) => each.name === name);
    if (!rule) throw unknownRule(name);
    return rule;
  }

  async put(change: RuleChange, document: CacheRuleDocument): Promise<Rule> {
    this.refuseFaults(document);
    return this.rules.change(async (tx, rules) => {
      const before = rules.find(({ name }) => name === change.name);
      requirePrecondition(change.expected, before ? versionTag(before.version) : null);
      const others = rules.filter(({ name }) => name !== change.name);
      const tie = others.find((other) => sameScope(other.document, document));
      if (tie) throw ruleTie(tie.name);
      if (!before && others.length >= MOST) throw tooManyRules(MOST);
      const { name, author, reason } = change;
      return { ...(await this.rules.append(tx, { name, author, reason, document })), document };
    });
  }

  async remove({ name, expected, author, reason }: RuleChange): Promise<void> {
    await this.rules.change(async (tx, rules) => {
      const before = rules.find((each) => each.name === name);
      if (!before) throw unknownRule(name);
      requirePrecondition(expected, versionTag(before.version));
      await this.rules.append(tx, { name, author, reason, document: null });
    });
  }

  history(name: string, before: number | null, limit: number): Promise<RuleVersion[]> {
    return this.rules.history(name, before, limit);
  }

  private refuseFaults({ warmUp, pointers, ...rest }: CacheRuleDocument): void {
    const known = this.targets.all.map(({ name }) => name);
    const refuseUnknown = (names: readonly string[] | null, field: string): void => {
      const unknown = names?.find((name) => !known.includes(name));
      if (unknown !== undefined) throw unknownTarget(unknown, known, field);
    };
    refuseUnknown(warmUp?.targets ?? null, 'warmUp.targets');
    for (const [index, { targets }] of pointers.entries())
      refuseUnknown(targets, `pointers.${index}.targets`);
    for (const list of ['promoted', 'rolledBack', 'revoked'] as const)
      for (const [index, { selector, targets }] of (rest[list] ?? []).entries()) {
        const field = `${list}.${index}`;
        refuseUnknown(targets, `${field}.targets`);
        if (!isPossible(selector))
          throw invalidRule(`${field}.selector`, 'is no selector once it is filled in');
      }
  }
}

/** Of the longest kind, so that what fits here fits always. */
const SAMPLE = {
  provider: 'p'.repeat(63),
  game: 'g'.repeat(63),
  version: `1.0.0-${'a'.repeat(80)}+b`,
  current: `1.0.0-${'a'.repeat(80)}+b`,
  previous: `1.0.0-${'a'.repeat(80)}+b`,
};

function isPossible(selector: Parameters<typeof filledSelector>[0]): boolean {
  try {
    return filledSelector(selector, SAMPLE) !== null;
  } catch {
    return false;
  }
}

function sameScope(one: CacheRuleDocument, other: CacheRuleDocument): boolean {
  return one.scope.provider === other.scope.provider && one.scope.subject === other.scope.subject;
}

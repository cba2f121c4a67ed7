import { z } from 'zod';

const PATTERN = /^(\*|[a-z0-9-]+\/(\*|[a-z0-9-]+))$/;

/**
 * What an operator has chosen for which subjects: `*=helm,acme/*=gitops,acme/payment=helm`. The narrowest that fits
 * counts: the subject itself, its provider, all.
 */
export class ChoiceBySubject<Name extends string> {
  constructor(private readonly chosen: ReadonlyMap<string, Name>) {}

  of(provider: string, game: string): Name | undefined {
    return this.chosen.get(`${provider}/${game}`) ?? this.chosen.get(`${provider}/*`) ?? this.chosen.get('*');
  }

  /** Whether anything at all has it. */
  includes(name: Name): boolean {
    return [...this.chosen.values()].includes(name);
  }

  names(): ReadonlySet<Name> {
    return new Set(this.chosen.values());
  }
}

/** A variable's schema. Without the variable, nothing is chosen for any subject. */
export function choiceBySubject<Name extends string>(names: readonly [Name, ...Name[]]) {
  return z
    .string()
    .default('')
    .transform((text, context) => {
      const chosen = new Map<string, Name>();
      for (const entry of text.split(',').flatMap((each) => each.trim() || [])) {
        const [pattern = '', name = '', ...rest] = entry.split('=');
        if (rest.length > 0 || !PATTERN.test(pattern) || !names.includes(name as Name)) {
          context.addIssue(
            `${entry} must be *=, provider/*= or provider/game= with one of ${names.join(', ')}`,
          );
          return z.NEVER;
        }
        chosen.set(pattern, name as Name);
      }
      return new ChoiceBySubject(chosen);
    });
}

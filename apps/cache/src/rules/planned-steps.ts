import {
  CacheSelector,
  type CacheRuleDocument,
  type CacheSelectorTemplate,
  type CacheStep,
  type RuledPurge,
} from '@croupier/contracts';
import { DEFAULT_PURGES } from './default-purges';
import { fillTemplate, type PlaceholderValues } from './fill-template';
import type { VersionChange } from './version-change';

export interface PlannedStep {
  readonly step: CacheStep;
  /** By name; null for all that can. */
  readonly targets: readonly string[] | null;
}

const NO_RULE: Pick<CacheRuleDocument, 'warmUp' | 'pointers' | 'promoted' | 'rolledBack' | 'revoked'> = {
  warmUp: null,
  pointers: [],
  promoted: null,
  rolledBack: null,
  revoked: null,
};

/**
 * What is to be done, in its order: new files are in every cache before a pointer to them is, the pointer goes before what
 * it pointed to, and in the end it is read back.
 */
export function plannedSteps(rule: CacheRuleDocument | null, change: VersionChange): PlannedStep[] {
  const { warmUp, pointers, ...purges } = rule ?? NO_RULE;
  const { values, kind } = change;
  if (kind === 'staged') return warmSteps(warmUp, values);
  const known = pointers.flatMap(({ path, expect, targets }) => {
    const filledPath = fillTemplate(path, values, encodeURIComponent);
    const text = expect === null ? null : fillTemplate(expect, values);
    return filledPath === null ? [] : [{ path: filledPath, expect: text, targets }];
  });
  return [
    ...(kind === 'promoted' ? warmSteps(warmUp, values) : []),
    ...known.flatMap(({ path, expect, targets }): PlannedStep[] =>
      expect === null ? [] : [{ step: { kind: 'origin', path, expect }, targets }],
    ),
    ...known.map(({ path, targets }): PlannedStep => {
      return { step: { kind: 'purge', selector: { kind: 'keys', keys: [path] } }, targets };
    }),
    ...(purges[kind] ?? DEFAULT_PURGES).flatMap((purge) => purgeStep(purge, values)),
    ...known.map(({ path, expect, targets }): PlannedStep => {
      return { step: { kind: 'verify', path, expect }, targets };
    }),
  ];
}

function warmSteps(warmUp: CacheRuleDocument['warmUp'], values: PlaceholderValues): PlannedStep[] {
  if (warmUp === null) return [];
  const { provider, game, version } = values;
  if (provider === null || game === null || version === null) return [];
  const paths = warmUp.paths.flatMap((template) => {
    const path = fillTemplate(template, values, encodeURIComponent);
    return path === null ? [] : [{ path, sha256: null }];
  });
  const files = warmUp.files === null ? null : fillTemplate(warmUp.files, values, encodeURIComponent);
  if (paths.length === 0 && files === null) return [];
  const manifest = files === null ? null : { provider, game, version, files };
  return [{ step: { kind: 'warm', paths, manifest }, targets: warmUp.targets }];
}

function purgeStep({ selector: template, targets }: RuledPurge, values: PlaceholderValues): PlannedStep[] {
  const selector = filledSelector(template, values);
  return selector === null ? [] : [{ step: { kind: 'purge', selector }, targets }];
}

/** Null when it needs a version that there is not. @throws ZodError when what comes of it is no selector */
export function filledSelector(
  template: CacheSelectorTemplate,
  values: PlaceholderValues,
): CacheSelector | null {
  const fill = (text: string): string | null => fillTemplate(text, values);
  switch (template.kind) {
    case 'keys': {
      const keys = template.keys.flatMap((key) => fill(key) ?? []);
      return keys.length === 0 ? null : CacheSelector.parse({ kind: 'keys', keys });
    }
    case 'tags': {
      const tags = template.tags.flatMap((tag) => fill(tag) ?? []);
      return tags.length === 0 ? null : CacheSelector.parse({ kind: 'tags', tags });
    }
    case 'prefix': {
      const prefix = fill(template.prefix);
      return prefix === null ? null : CacheSelector.parse({ kind: 'prefix', prefix });
    }
    case 'pattern': {
      const pattern = fill(template.pattern);
      return pattern === null ? null : CacheSelector.parse({ kind: 'pattern', pattern });
    }
    case 'version': {
      const { provider, game } = values;
      const version = values[template.version];
      return version === null ? null : CacheSelector.parse({ kind: 'version', provider, game, version });
    }
    case 'everything':
      return template;
  }
}

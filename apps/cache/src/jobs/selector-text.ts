import type { CacheSelector } from '@croupier/contracts';

const SHOWN = 5;

/** For people. */
export function selectorText(selector: CacheSelector): string {
  switch (selector.kind) {
    case 'keys':
      return listed(selector.keys);
    case 'tags':
      return `tags ${listed(selector.tags)}`;
    case 'prefix':
      return selector.prefix;
    case 'pattern':
      return selector.pattern;
    case 'version':
      return `version ${selector.provider}/${selector.game}@${selector.version}`;
    case 'everything':
      return 'everything';
  }
}

function listed(items: readonly string[]): string {
  const more = items.length > SHOWN ? ` and ${items.length - SHOWN} more` : '';
  return items.slice(0, SHOWN).join(' ') + more;
}

import type { CachePlaceholder } from '@croupier/contracts';

/** What placeholders stand for in one event; null where there is no such version. */
export type PlaceholderValues = Readonly<Record<CachePlaceholder, string | null>>;

/** The text, or null when it needs a version that there is not. @param encode for texts that are parts of URLs */
export function fillTemplate(
  template: string,
  values: PlaceholderValues,
  encode: (value: string) => string = (value) => value,
): string | null {
  let complete = true;
  const filled = template.replace(
    /\{(provider|game|version|current|previous)\}/g,
    (_, name: CachePlaceholder) => {
      const value = values[name];
      if (value === null) complete = false;
      return encode(value ?? '');
    },
  );
  return complete ? filled : null;
}

/** Redis patterns are globs: makes one that stands for `text` to the letter. */
export function escapeGlob(text: string): string {
  return text.replace(/[*?[\]\\^-]/g, '\\$&');
}

/** A Redis pattern in which only `*` and `?` mean something. */
export function globOf(pattern: string): string {
  return pattern.replace(/[[\]\\^-]/g, '\\$&');
}

/**
 * Whether all of `text` fits a pattern of `*` (any text) and `?` (one character). Goes back to the last `*` alone, so
 * that it takes no longer than the product of both lengths, whatever the pattern.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let at = 0;
  let matched = 0;
  let star = -1;
  let resumeAt = 0;
  while (matched < text.length) {
    if (pattern[at] === '*') {
      star = at;
      at += 1;
      resumeAt = matched;
    } else if (pattern[at] === '?' || (pattern[at] !== undefined && pattern[at] === text[matched])) {
      at += 1;
      matched += 1;
    } else if (star >= 0) {
      at = star + 1;
      resumeAt += 1;
      matched = resumeAt;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

/** What begins so is a URL, and no key. */
export function isUrl(text: string): boolean {
  return text.startsWith('/') || text.startsWith('http://') || text.startsWith('https://');
}

/** Path and query. A pattern may have no valid URL around it, so it is cut by hand. */
export function pathOf(text: string): string {
  if (text.startsWith('/')) return text;
  const slash = text.indexOf('/', text.indexOf('://') + 3);
  return slash < 0 ? '/' : text.slice(slash);
}

/** A regular expression (PCRE) that stands for `text` to the letter. */
export function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** A base URL that paths are appended to. */
export function withoutSlash(url: string): string {
  return url.replace(/\/$/, '');
}

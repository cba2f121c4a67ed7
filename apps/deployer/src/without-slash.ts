/** A base URL, or its path, that other paths are appended to. */
export function withoutSlash(url: string): string {
  return url.replace(/\/$/, '');
}

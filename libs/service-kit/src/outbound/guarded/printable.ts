/** An address as it may be told and logged: without what may be a secret in it, such as a signed query. */
export function printable(url: string | URL): string {
  if (!(url instanceof URL) && !URL.canParse(url)) return url.slice(0, 200);
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

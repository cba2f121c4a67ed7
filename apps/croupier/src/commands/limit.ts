export function limitOf({ limit }: { readonly limit: string }): number {
  if (!/^[1-9]\d{0,5}$/.test(limit)) throw new Error(`--limit has to be a number, not ${limit}.`);
  return Number(limit);
}

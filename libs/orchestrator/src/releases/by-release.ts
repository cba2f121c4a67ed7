import type { ReleaseId } from '@croupier/contracts';

/** Release by release, in the order given: what is meant for one stays together. */
export function byRelease<Item extends { readonly releaseId: ReleaseId }>(items: readonly Item[]): Item[][] {
  const groups = new Map<ReleaseId, Item[]>();
  for (const item of items) {
    const ofRelease = groups.get(item.releaseId);
    if (ofRelease) ofRelease.push(item);
    else groups.set(item.releaseId, [item]);
  }
  return [...groups.values()];
}

import { subjectId, type RoutingSnapshot, type RoutingUpdate } from '@croupier/contracts';

/** A new snapshot with the changes in place. */
export function updatedSnapshot(snapshot: RoutingSnapshot, update: RoutingUpdate): RoutingSnapshot {
  const routes = new Map(snapshot.subjects.map((route) => [subjectId(route.provider, route.game), route]));
  for (const route of update.subjects) routes.set(subjectId(route.provider, route.game), route);
  for (const { provider, game } of update.gone) routes.delete(subjectId(provider, game));
  return { routingVersion: update.routingVersion, subjects: [...routes.values()] };
}

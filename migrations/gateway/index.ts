import { RoutingApplied1763900000000 } from './1763900000000-routing-applied';

export const gatewayMigrations = [RoutingApplied1763900000000];

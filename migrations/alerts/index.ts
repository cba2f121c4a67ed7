import { Alerts1763900093000 } from './1763900093000-alerts';

export const alertsMigrations = [Alerts1763900093000];

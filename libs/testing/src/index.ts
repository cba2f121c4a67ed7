export { eventually, type Patience } from './eventually';
export { freshDatabase, type FreshDatabase } from './fresh-database';
export { freshNamespace } from './fresh-namespace';
export { postgres, rabbit, redis } from './services/real-services';

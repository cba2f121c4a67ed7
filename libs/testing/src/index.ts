export { eventually, type Patience } from './eventually';
export { freshDatabase, type FreshDatabase } from './fresh-database';
export { freshNamespace } from './fresh-namespace';
export { installed } from './services/debian-packages';
export { startPrometheus, type RunningPrometheus } from './services/prometheus';
export { postgres, rabbit, redis } from './services/real-services';
export { FakeGateway } from './doubles/fake-gateway';
export { GameServer } from './doubles/game-server';
export { registered } from './doubles/registered-artifact';

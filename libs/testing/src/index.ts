export { eventually, type Patience } from './eventually';
export { freshDatabase, type FreshDatabase } from './fresh-database';
export { freshNamespace } from './fresh-namespace';
export { startPrometheus, type RunningPrometheus } from './services/prometheus';
export { startUnleash, type RunningUnleash } from './services/unleash';
export { postgres, rabbit, redis } from './services/real-services';
export { FakeGateway } from './doubles/fake-gateway';
export { GameServer } from './doubles/game-server';
export { registered } from './doubles/registered-artifact';

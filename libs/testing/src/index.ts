export { auditSigningKey } from './audit-signing-key';
export { eventually, type Patience } from './eventually';
export { freshDatabase, type FreshDatabase } from './fresh-database';
export { freshNamespace } from './fresh-namespace';
export { startNginx, type RunningNginx } from './services/nginx';
export {
  startRedis,
  startRedisCluster,
  startRedisSentinel,
  type OwnRedis,
  type OwnSentinel,
} from './services/own-redis';
export {
  digestOf,
  OciPush,
  startOciRegistry,
  type PushedManifest,
  type RunningOciRegistry,
} from './services/oci-registry';
export { freePort } from './services/free-port';
export { startHaproxy, type RunningHaproxy } from './services/haproxy';
export { haveProgram } from './services/have-program';
export { kubernetesTools } from './services/kubernetes-tools';
export { installed } from './services/debian-packages';
export { startPrometheus, type RunningPrometheus } from './services/prometheus';
export { startUnleash, type RunningUnleash } from './services/unleash';
export { postgres, rabbit, redis } from './services/real-services';
export { startVarnish, type RunningVarnish } from './services/varnish';
export { FakeGateway } from './doubles/fake-gateway';
export { GameServer } from './doubles/game-server';
export { answer, HttpDouble, type Behaviour, type SeenRequest } from './doubles/http-double';
export { OtlpReceiver, type ReceivedSpan } from './doubles/otlp-receiver';
export { PagerDutyDouble } from './doubles/pagerduty-double';
export { registered } from './doubles/registered-artifact';
export { FakeArtifactory, FakeNexus } from './doubles/repository-manager';
export { SlackDouble, type SlackPost } from './doubles/slack-double';

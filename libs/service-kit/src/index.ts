export { AuditTrail, type AuditedChange } from './audit/audit-trail';
export { Public } from './auth/public';
export { drawApiToken, isApiToken } from './auth/callers/api-token';
export { allows } from './auth/rules/allows';
export { forbidden } from './auth/auth-problems';
export { callerOf, type Caller } from './auth/callers/caller';
export { FromCaller } from './auth/callers/caller-parameter';
export { Requires, RequiresService, RULE_EXTENSION, type DescribedRule } from './auth/rules/requires';
export { EVERYTHING, type Resource } from './auth/rules/resource';
export { found, inBody, inPath, inQuery, ResourceFinder, type Asked } from './auth/rules/scope';
export { describeService } from './bootstrap/describe-service';
export { BUS } from './bootstrap/tokens';
export { cacheOf, rabbitBusOf, runServiceProcess } from './bootstrap/run-service-process';
export type { RunningService, Runtime, ServiceDefinition } from './bootstrap/service-definition';
export { startService } from './bootstrap/start-service';
export { keepTickShape } from './bootstrap/tick-shape';
export { InProcessCache } from './cache/in-process-cache';
export { RedisCache } from './cache/redis-cache';
export { SharedCache } from './cache/shared-cache';
export { ClaimLoop, type ClaimLoopOptions } from './claim-loop';
export { PeriodicTask } from './periodic-task';
export { BaseConfig, ConfigurationError, Environment, loadConfig } from './config/environment';
export { ServiceAddresses } from './config/service-addresses';
export { Actor, actorOf } from './http/actor';
export { ANSWER_HEADERS, headAnswers } from './http/answer-headers';
export { connectionLimits, refuseConnection } from './http/connection-limits';
export { takeAheadOfRouter } from './http/ahead-of-router';
export { endWith } from './http/end-with';
export { versionTag } from './http/entity-tag';
export { Expected, ExpectedIfAny } from './http/expected';
export { Idempotent } from './http/idempotency/idempotent';
export { pageOf, PageQuery, pageSchema, positionOf, type Page } from './http/page';
export { preconditionOf, requirePrecondition, type Precondition } from './http/precondition';
export { Metrics } from './metrics/metrics';
export { shared } from './metrics/shared';
export { RequestDurations } from './metrics/request-durations';
export { AddressPolicy } from './outbound/guarded/address-policy';
export { guardedConnector } from './outbound/guarded/guarded-connector';
export { InternalHosts } from './outbound/guarded/internal-hosts';
export {
  GuardedHttp,
  type GuardedAnswer,
  type GuardedLimits,
  type GuardedOptions,
} from './outbound/guarded/guarded-http';
export { fullJitterMs } from './outbound/full-jitter';
export { growingDelayMs } from './outbound/growing-delay';
export { OutboundHttp, type OutboundAnswer, type OutboundOptions } from './outbound/outbound-http';
export { OutboundHttpError } from './outbound/outbound-http-error';
export { retryAfterMs } from './outbound/retry-after';
export { VersionFiles } from './outbound/version-files';
export { problemAnswer } from './problems/problem-answer';
export { ProblemException, type ProblemDescription } from './problems/problem-exception';
export { invalidRequest, malformedJson, problemOf, storageUnavailable } from './problems/problem-of';
export { serverSpan, endServerSpan } from './tracing/traced-requests';
export { Tracing, type OpenSpan } from './tracing/tracing';
export { Untraced } from './tracing/untraced';
export { SecretBox } from './secrets/secret-box';
export { SecretsKey } from './secrets/secrets-key';

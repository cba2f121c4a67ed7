/** Who writes a REST document, and who reads it. */
export type RestRole =
  /** A caller writes it, the service reads it. */
  | 'request'
  /** The service writes it, a caller reads it. */
  | 'answer'
  /** Services write and read it, each in the newer or the older version. */
  | 'exchange';

const REQUESTS = /(Order|Request|Query|Command|Import|Draft|Settings|Patch)$/;
const ANSWERS = /(View|Page|List|Detail|Secret|Created|Result|Problem|Accepted|Ignored|Analysis|Traffic)$/;

/** Those whose names do not say it. */
const NAMED: Readonly<Record<string, RestRole>> = {
  ProviderWebhook: 'request',
  GameManifest: 'request',
  Launch: 'answer',
  Impact: 'answer',
  Eligibility: 'answer',
  Redelivery: 'answer',
  StoredWebhookWithBody: 'answer',
  CertificateImported: 'answer',
  ChangedAlertChannel: 'answer',
  MappingDryRun: 'answer',
  MigrationPlan: 'answer',
  ProviderTest: 'answer',
  VersioningTrial: 'request',
  VersioningTried: 'answer',
  AlertDocumentChange: 'answer',
  CacheRuleChange: 'answer',
  DocumentChange: 'answer',
  ProviderSummary: 'answer',
  FlagHistoryEntry: 'answer',
  TimelineEntry: 'answer',
  Whereabouts: 'answer',
  PoolStay: 'answer',
  ClearanceEntry: 'answer',
  CloudEvent: 'exchange',
  RoutingUpdate: 'exchange',
  RoutingSnapshot: 'exchange',
  TelemetryBatch: 'exchange',
  MetricReports: 'exchange',
};

/** Null for the parts that other documents are made of: they are compared there. */
export function restRoleOf(name: string): RestRole | null {
  if (Object.hasOwn(NAMED, name)) return NAMED[name]!;
  if (REQUESTS.test(name)) return 'request';
  return ANSWERS.test(name) ? 'answer' : null;
}

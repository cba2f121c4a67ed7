import { Logger } from '@nestjs/common';
import { diag, DiagLogLevel, type DiagLogger } from '@opentelemetry/api';

/** An outage of a collector is one story, not a flood. */
const WARNING_INTERVAL_MS = 60_000;

/** What the SDK cannot do, such as to send spans, is a warning of ours. */
export function reportDiagnostics(): void {
  const logger = new Logger('Tracing');
  let silentUntilMs = 0;
  const warn = (told: string): void => {
    if (performance.now() < silentUntilMs) return;
    silentUntilMs = performance.now() + WARNING_INTERVAL_MS;
    logger.warn(`Spans may be lost: ${messageOf(told)}`);
  };
  const nothing = (): void => undefined;
  const reporter: DiagLogger = { error: warn, warn, info: nothing, debug: nothing, verbose: nothing };
  diag.setLogger(reporter, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

/** The SDK tells of errors in JSON, with their stacks. */
function messageOf(told: string): string {
  try {
    const { message } = JSON.parse(told) as { message?: unknown };
    return typeof message === 'string' ? message : told;
  } catch {
    return told;
  }
}

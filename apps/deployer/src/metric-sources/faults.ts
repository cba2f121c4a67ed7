const LONGEST_MESSAGE = 500;

/** One metric cannot be counted as its queries ask for it. The others can. */
export class MetricFault extends Error {
  override readonly name = 'MetricFault';

  /** @param message - may quote what others say: it is kept to one line of what PostgreSQL takes for text. */
  constructor(message: string) {
    super(message.slice(0, LONGEST_MESSAGE).replaceAll(/[\p{Cc}\p{Cs}]+/gu, ' '));
  }
}

/** Prometheus does not answer anybody as it should. */
export class SourceFault extends Error {
  override readonly name = 'SourceFault';
}

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanDescription {
  /** Of few different values: what differs each time is an attribute. */
  readonly name: string;
  readonly kind?: SpanKind;
  /** A `traceparent`. Without one the span goes on from the one under way; null begins a trace of its own. */
  readonly parent?: string | null | undefined;
  readonly attributes?: SpanAttributes;
}

/** Of something that is over. Times are in epoch milliseconds. */
export interface PastSpan extends SpanDescription {
  readonly startMs: number;
  readonly endMs: number;
  /** Why it did not go well. */
  readonly fault?: string | undefined;
  readonly moments?: readonly {
    readonly name: string;
    readonly atMs: number;
    readonly attributes?: SpanAttributes;
  }[];
}

/** A span under way. */
export interface OpenSpan {
  set(attributes: SpanAttributes): void;
  /** It did not go well, and nothing is thrown. */
  fail(fault: string): void;
}

/** A span whose beginning and end are told apart. */
export interface LongSpan extends OpenSpan {
  /** Runs what the span is under way in. */
  run<Result>(work: () => Result): Result;
  end(): void;
}

/** Where the spans of one service go. */
export abstract class Tracing {
  /** Whether they go anywhere: asked where the question costs less than a description. */
  abstract readonly isOn: boolean;
  /** Does the work within a span, which fails if the work does. */
  abstract within<Result>(span: SpanDescription, work: (span: OpenSpan) => Promise<Result>): Promise<Result>;
  abstract begin(span: SpanDescription): LongSpan;
  abstract record(span: PastSpan): void;
  /** What a line of the log says of the span under way. */
  abstract logFields(): Record<string, string>;
  /** Sends what is left. */
  abstract close(): Promise<void>;
}

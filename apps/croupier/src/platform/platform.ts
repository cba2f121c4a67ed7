import type { ServiceName } from '@croupier/contracts';

/** The running services, whichever way they run. */
export interface Platform {
  readonly urls: Readonly<Record<ServiceName, string>>;
  readonly operatorToken: string;
  stop(): Promise<void>;
}

export type Variables = Record<string, string | undefined>;

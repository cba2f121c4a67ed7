import type { Service } from '../compose-file';

/** What runs containers. */
export interface Engine {
  readonly name: 'docker' | 'podman';
  /** The program that is asked about single containers. */
  readonly cli: readonly [string, ...string[]];
  /** The program that starts the stack, with the options that say which. */
  readonly compose: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** Makes the images of these services there; answers the names of those for which it can't. */
  provide(services: readonly [string, Service][], built: boolean): Promise<string[]>;
  close(): Promise<void>;
}

import { Injectable } from '@nestjs/common';
import { SecretBox } from '@croupier/service-kit';
import { ProviderRepository } from './provider-repository';

/** How long another replica may go on with the secrets from before a rotation. */
const FRESH_MS = 5_000;
const MAX_PROVIDERS = 1_000;

interface Entry {
  readonly secrets: Promise<readonly Buffer[]>;
  readonly freshUntilMs: number;
}

/** The opened secrets of recent providers, so that accepting a webhook does not read them each time. */
@Injectable()
export class ActiveSecrets {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly providers: ProviderRepository,
    private readonly box: SecretBox,
  ) {}

  /** Newest first; none when there is no such provider. */
  async of(provider: string): Promise<readonly Buffer[]> {
    const known = this.entries.get(provider);
    if (known && known.freshUntilMs > performance.now()) return known.secrets;
    const entry = { secrets: this.read(provider), freshUntilMs: performance.now() + FRESH_MS };
    this.remember(provider, entry);
    try {
      const secrets = await entry.secrets;
      // Unknown names are free to invent and would push the real ones out.
      if (secrets.length === 0) this.forgetEntry(provider, entry);
      return secrets;
    } catch (error) {
      this.forgetEntry(provider, entry);
      throw error;
    }
  }

  forget(provider: string): void {
    this.entries.delete(provider);
  }

  private async read(provider: string): Promise<readonly Buffer[]> {
    const sealed = await this.providers.activeSecrets(provider);
    return sealed.map((secret) => this.box.open(secret, provider));
  }

  private remember(provider: string, entry: Entry): void {
    this.entries.delete(provider);
    this.entries.set(provider, entry);
    if (this.entries.size <= MAX_PROVIDERS) return;
    const [oldest] = this.entries.keys();
    if (oldest !== undefined) this.entries.delete(oldest);
  }

  private forgetEntry(provider: string, entry: Entry): void {
    if (this.entries.get(provider) === entry) this.entries.delete(provider);
  }
}

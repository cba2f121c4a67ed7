import { Injectable } from '@nestjs/common';
import { SecretBox } from '@croupier/service-kit';
import { profileOf, type ProviderProfile } from './provider-profile';
import { ProviderRepository } from './provider-repository';

/** How long another replica may go on with what was before a change. */
const FRESH_MS = 5_000;
const MAX_PROVIDERS = 1_000;

interface Entry {
  readonly profile: Promise<ProviderProfile | undefined>;
  readonly freshUntilMs: number;
  /** What `profile` resolved to. */
  known?: ProviderProfile;
}

/**
 * The profiles of recent providers, so that accepting a webhook reads nothing. Every few seconds one of a provider's
 * webhooks asks for the revision; only when that has changed is the provider read again.
 */
@Injectable()
export class ProviderProfiles {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly providers: ProviderRepository,
    private readonly box: SecretBox,
  ) {}

  /** What `of` would answer, if it is at hand: without waiting, which each webhook would pay for. */
  atHand(name: string): ProviderProfile | undefined {
    const entry = this.entries.get(name);
    return entry && entry.freshUntilMs > performance.now() ? entry.known : undefined;
  }

  /** Undefined when there is no such provider. */
  async of(name: string): Promise<ProviderProfile | undefined> {
    const known = this.entries.get(name);
    if (known && known.freshUntilMs > performance.now()) return known.profile;
    const entry: Entry = {
      profile: this.current(name, known),
      freshUntilMs: performance.now() + FRESH_MS,
    };
    this.remember(name, entry);
    try {
      const profile = await entry.profile;
      if (profile) entry.known = profile;
      // Unknown names are free to invent and would push the real ones out.
      if (!profile) this.forgetEntry(name, entry);
      return profile;
    } catch (error) {
      this.forgetEntry(name, entry);
      throw error;
    }
  }

  /** After a change by this process. */
  forget(name: string): void {
    const entry = this.entries.get(name);
    if (entry) this.entries.set(name, { ...entry, freshUntilMs: 0 });
  }

  private async current(name: string, known: Entry | undefined): Promise<ProviderProfile | undefined> {
    const before = await known?.profile.catch(() => undefined);
    if (before && (await this.providers.revision(name)) === before.revision) return before;
    const record = await this.providers.find(name);
    if (!record) return undefined;
    const secrets = record.secrets.map(({ form, sealed, validUntil }) => ({
      form,
      bytes: this.box.open(sealed, name),
      validUntilMs: validUntil?.getTime(),
    }));
    return profileOf({ ...record, secrets }, before);
  }

  private remember(name: string, entry: Entry): void {
    this.entries.delete(name);
    this.entries.set(name, entry);
    if (this.entries.size <= MAX_PROVIDERS) return;
    const [oldest] = this.entries.keys();
    if (oldest !== undefined) this.entries.delete(oldest);
  }

  private forgetEntry(name: string, entry: Entry): void {
    if (this.entries.get(name) === entry) this.entries.delete(name);
  }
}

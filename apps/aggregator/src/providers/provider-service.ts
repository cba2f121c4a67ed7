import { Injectable } from '@nestjs/common';
import { SecretBox } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import { ActiveSecrets } from './active-secrets';
import { ProviderRepository, type ProviderRecord } from './provider-repository';
import { generateSecret, secretBytes } from './webhook-secret';

/** Time for a provider to take over its new secret. */
const ROTATION_OVERLAP_SECONDS = 24 * 60 * 60;

@Injectable()
export class ProviderService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly providers: ProviderRepository,
    private readonly activeSecrets: ActiveSecrets,
    private readonly box: SecretBox,
  ) {}

  /** Creates the provider or rotates its secret. Rotating to the secret it has changes nothing. */
  async put(
    name: string,
    secret: string = generateSecret(),
  ): Promise<{ outcome: 'created' | 'rotated'; secret: string }> {
    const bytes = secretBytes(secret);
    const outcome = await this.dataSource.transaction(async (tx) => {
      const provider = await this.providers.lock(tx, name);
      const current = await this.providers.currentSecret(tx, name);
      if (!current || !this.box.open(current, name).equals(bytes))
        await this.providers.replaceSecret(tx, name, this.box.seal(bytes, name), ROTATION_OVERLAP_SECONDS);
      return provider === 'created' ? 'created' : 'rotated';
    });
    this.activeSecrets.forget(name);
    return { outcome, secret };
  }

  list(after: string, limit: number): Promise<ProviderRecord[]> {
    return this.providers.list(after, limit);
  }
}

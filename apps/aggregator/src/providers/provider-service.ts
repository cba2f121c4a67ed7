import { Injectable } from '@nestjs/common';
import type {
  ChangeProviderRequest,
  ProviderChanges,
  ProviderSecret,
  ProviderSettings,
  ProviderSummary,
  ProviderView,
} from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { AuditTrail, SecretBox } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import { Mapping } from '../mapping/mapping';
import { MappingFault } from '../mapping/mapping-fault';
import { generateSecret, readSecret, secretNeedOf, secretText, type Secret } from '../signatures/secret';
import { unknownProvider } from '../webhooks/webhook-problems';
import { changeOf } from './provider-change';
import { invalidField, invalidMapping, secretWithoutUse } from './provider-problems';
import { ProviderProfiles } from './provider-profiles';
import { ProviderRepository, type ProviderRecord } from './provider-repository';

/** Time for a provider to take over its new secret. */
const ROTATION_OVERLAP_SECONDS = 24 * 60 * 60;

@Injectable()
export class ProviderService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly providers: ProviderRepository,
    private readonly profiles: ProviderProfiles,
    private readonly box: SecretBox,
    private readonly audit: AuditTrail,
  ) {}

  /** Creates the provider or rotates its secret. Rotating to the secret it has changes nothing. */
  async put(
    name: string,
    secret: string | undefined,
    changes: ProviderChanges | undefined,
    actor: string,
  ): Promise<ProviderSecret & { outcome: 'created' | 'rotated' }> {
    let outcome: 'created' | 'rotated' = 'rotated';
    const shown = await this.change(name, async (tx) => {
      if ((await this.providers.lockOrCreate(tx, name)) === 'created') outcome = 'created';
      const before = await this.existing(tx, name);
      const change = changeOf(before.settings, { ...changes, secret });
      this.checkMapping(change.settings, 'settings.payload.expression');
      await this.providers.saveSettings(tx, name, change.settings);
      const overlapSeconds = change.secrets === 'replace' ? 0 : ROTATION_OVERLAP_SECONDS;
      const isNew = outcome === 'created';
      await this.tell(
        tx,
        { name, actor, action: isNew ? 'provider.created' : 'provider.rotated' },
        {
          before: isNew ? null : before.settings,
          after: change.settings,
        },
      );
      return this.renewSecret(tx, { ...before, settings: change.settings }, secret, overlapSeconds);
    });
    return { name, secret: shown, outcome };
  }

  rotate(
    name: string,
    secret: string | undefined,
    overlapSeconds: number,
    actor: string,
  ): Promise<ProviderSecret> {
    return this.change(name, async (tx) => {
      const before = await this.existing(tx, name);
      if (secretNeedOf(before.settings.signature.kind) === 'none') throw secretWithoutUse(name);
      await this.tell(tx, { name, actor, action: 'provider.rotated' }, { after: { overlapSeconds } });
      return { name, secret: await this.renewSecret(tx, before, secret, overlapSeconds) };
    });
  }

  /** Answers the secret, where the change needed a new one. */
  async update(
    name: string,
    request: ChangeProviderRequest,
    actor: string,
  ): Promise<{ view: ProviderView; secret: string | null }> {
    const secret = await this.change(name, async (tx) => {
      const before = await this.existing(tx, name);
      const { settings, secrets } = changeOf(before.settings, request);
      this.checkMapping(settings, 'payload.expression');
      await this.providers.saveSettings(tx, name, settings);
      const told = { before: before.settings, after: settings };
      await this.tell(tx, { name, actor, action: 'provider.changed' }, told);
      if (secrets === 'keep') return null;
      const overlapSeconds = secrets === 'rotate' ? ROTATION_OVERLAP_SECONDS : 0;
      return this.renewSecret(tx, { ...before, settings }, request.secret, overlapSeconds);
    });
    return { view: await this.get(name), secret };
  }

  async setPaused(name: string, reason: string | undefined, actor: string): Promise<ProviderView> {
    await this.change(name, async (tx) => {
      await this.existing(tx, name);
      const action = reason === undefined ? 'provider.resumed' : 'provider.paused';
      await this.tell(tx, { name, actor, action }, { reason: reason ?? null });
      await this.providers.setPaused(tx, name, reason);
    });
    return this.get(name);
  }

  async get(name: string): Promise<ProviderView> {
    const record = await this.providers.find(name);
    if (!record) throw unknownProvider(name);
    const { settings, revision, createdAt, paused, secrets } = record;
    return {
      name,
      settings,
      revision,
      createdAt: createdAt.toISOString(),
      rotatedAt: secrets[0]?.createdAt.toISOString() ?? null,
      secrets: secrets.map((secret) => ({
        createdAt: secret.createdAt.toISOString(),
        validUntil: secret.validUntil?.toISOString() ?? null,
      })),
      paused: paused && { since: paused.since.toISOString(), reason: paused.reason },
    };
  }

  list(after: string, limit: number): Promise<ProviderSummary[]> {
    return this.providers.list(after, limit);
  }

  /** One transaction that every replica hears of. */
  private async change<Result>(name: string, work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    const result = await this.dataSource.transaction(async (tx) => {
      const done = await work(tx);
      await this.providers.touch(tx, name);
      return done;
    });
    this.profiles.forget(name);
    return result;
  }

  private tell(
    tx: Transaction,
    { name, actor, action }: { name: string; actor: string; action: string },
    more: { before?: unknown; after?: unknown; reason?: string | null },
  ): Promise<void> {
    const object = { type: 'provider', id: name };
    return this.audit.record(tx, { provider: name, actor, action, object, ...more });
  }

  private async existing(tx: Transaction, name: string): Promise<ProviderRecord> {
    const record = await this.providers.lock(tx, name);
    if (!record) throw unknownProvider(name);
    return record;
  }

  /** Makes the secret that is given, or a new one, the current one. Answers it as people write it. */
  private async renewSecret(
    tx: Transaction,
    { name, settings, secrets }: ProviderRecord,
    given: string | undefined,
    overlapSeconds: number,
  ): Promise<string | null> {
    const need = secretNeedOf(settings.signature.kind);
    if (need === 'none') {
      if (given !== undefined) throw invalidField('secret', 'must be left out: this signature has no secret');
      await this.providers.endSecrets(tx, name, 0);
      return null;
    }
    const reading = readSecret(need, given ?? generateSecret(need));
    if (reading.kind === 'fault') throw invalidField('secret', reading.detail);
    const { secret } = reading;
    if (!this.isCurrent(secret, name, secrets[0]))
      await this.providers.replaceSecret(
        tx,
        name,
        secret.form,
        this.box.seal(secret.bytes, name),
        overlapSeconds,
      );
    return secretText(secret);
  }

  private isCurrent(
    secret: Secret,
    name: string,
    current: ProviderRecord['secrets'][number] | undefined,
  ): boolean {
    return (
      current?.validUntil === null &&
      current.form === secret.form &&
      this.box.open(current.sealed, name).equals(secret.bytes)
    );
  }

  private checkMapping({ payload }: ProviderSettings, field: string): void {
    if (payload.kind !== 'jsonata') return;
    try {
      new Mapping(payload.expression);
    } catch (error) {
      throw error instanceof MappingFault ? invalidMapping(field, error) : error;
    }
  }
}

import { readFile } from 'node:fs/promises';
import { AuditKeys } from '@croupier/contracts';
import { ServiceAddresses } from '@croupier/service-kit';
import { ApiClient } from './api-client';
import { operatorTokenOf } from './operator-token';

export function auditAddress(): string {
  return `${new ServiceAddresses(process.env).url('audit')}/v1`;
}

/** The public keys, PEM: of files where some are named, else those of the service. */
export async function auditKeysOf({
  key,
  state,
}: {
  readonly key?: readonly string[];
  readonly state: string;
}): Promise<string[]> {
  if (key) return Promise.all(key.map((file) => readFile(file, 'utf8')));
  const api = new ApiClient(await operatorTokenOf({ state }));
  const { keys } = AuditKeys.parse(await api.get(`${auditAddress()}/keys`));
  return keys.map(({ publicKey }) => publicKey);
}

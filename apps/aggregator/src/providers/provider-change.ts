import type { ChangeProviderRequest, ProviderSettings } from '@croupier/contracts';
import { secretNeedOf, type SecretNeed } from '../signatures/secret';

export interface ProviderChange {
  readonly settings: ProviderSettings;
  /**
   * `replace`: a new secret, and the old ones end at once, for the new signature cannot use them. `rotate`: a new one
   * beside them. `end`: none at all.
   */
  readonly secrets: 'keep' | 'rotate' | 'replace' | 'end';
}

/** What a request makes of the settings, and what that means for the secrets. */
export function changeOf(before: ProviderSettings, request: ChangeProviderRequest): ProviderChange {
  const { secret, ...changes } = request;
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  const settings = { ...before, ...Object.fromEntries(given) };
  const [need, needBefore] = [settings, before].map(({ signature }) => secretNeedOf(signature.kind)) as [
    SecretNeed,
    SecretNeed,
  ];
  if (need === 'none') return { settings, secrets: needBefore === 'none' ? 'keep' : 'end' };
  if (need !== needBefore) return { settings, secrets: 'replace' };
  return { settings, secrets: secret === undefined ? 'keep' : 'rotate' };
}

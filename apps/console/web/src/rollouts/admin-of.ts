import type { Grant } from '@croupier/contracts';

/** Whether a grant makes an admin of the subject, in all markets or in some: which is for the service to say. */
export function isAdminOf(grants: readonly Grant[], provider: string, game: string): boolean {
  const subjects = ['*', `${provider}/*`, `${provider}/${game}`];
  return grants.some(({ role, subject }) => role === 'admin' && subjects.includes(subject));
}

import { createHash } from 'node:crypto';
import type { Caller } from '../auth/callers/caller';

/** As long as the contract lets it be (`AuditRecorded`). */
const LONGEST = 100;
const PRINTABLE = /^[\x20-\x7e]*$/;

/**
 * What was used to show who acts, never a secret: `token` and its id, `oidc` with issuer and subject, `service`, or
 * `break-glass`. What cannot be written as it is, is named by its SHA-256.
 */
export function authenticationOf(caller: Pick<Caller, 'kind' | 'id'> | undefined): string | null {
  switch (caller?.kind) {
    case 'token':
      return `token ${caller.id}`;
    case 'person':
      return named('oidc', caller.id);
    case 'service':
    case 'break-glass':
      return caller.kind;
    case undefined:
      return null;
  }
}

function named(way: string, id: string): string {
  const text = `${way} ${id}`;
  if (text.length <= LONGEST && PRINTABLE.test(text)) return text;
  return `${way} sha256:${createHash('sha256').update(id).digest('hex')}`;
}

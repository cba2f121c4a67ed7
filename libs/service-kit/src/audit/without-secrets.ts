import type { AuditRecorded } from '@croupier/contracts';

const SECRET = /secret|password|passphrase|token|authorization|private-?key|routing-?key|credential/i;
const HIDDEN = '[secret]';

/** The value as JSON. What a member's name says is secret is left out, whoever forgot to. */
export function withoutSecrets(value: unknown): AuditRecorded['after'] {
  if (value === undefined || value === null) return null;
  const text = JSON.stringify(value, (name, member: unknown) =>
    SECRET.test(name) && typeof member === 'string' ? HIDDEN : member,
  );
  return JSON.parse(text) as AuditRecorded['after'];
}

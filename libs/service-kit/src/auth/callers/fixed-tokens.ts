import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuthConfig } from '../auth-config';
import type { Caller } from './caller';

const WHOLE = { subject: '*', markets: null } as const;

/** Whom the configuration's two tokens stand for when they name nobody. */
const OPERATOR: Caller = {
  kind: 'break-glass',
  id: 'operator',
  actor: 'operator',
  grants: [
    { role: 'admin', ...WHOLE },
    { role: 'approver', ...WHOLE },
  ],
  expiresAt: null,
};
const SERVICE: Caller = { kind: 'service', id: 'service', actor: 'service', grants: [], expiresAt: null };

/** The tokens of the configuration. They are known without asking anybody, so they work when nothing else does. */
@Injectable()
export class FixedTokens {
  private readonly known: readonly { readonly digest: Buffer; readonly caller: Caller }[];

  constructor({ operatorToken, serviceToken }: AuthConfig) {
    this.known = [
      ...(operatorToken === null ? [] : [{ digest: digestOf(operatorToken), caller: OPERATOR }]),
      { digest: digestOf(serviceToken), caller: SERVICE },
    ];
  }

  find(token: string): Caller | null {
    const presented = digestOf(token);
    return this.known.find(({ digest }) => timingSafeEqual(digest, presented))?.caller ?? null;
  }
}

/** Equal lengths for the constant-time compare. */
function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

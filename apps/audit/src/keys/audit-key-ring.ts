import { createPublicKey } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { keyIdOf, pemOf, TrustedKeys } from '@croupier/audit-chain';
import type { AuditKeys } from '@croupier/contracts';
import { AuditConfig } from '../audit-config';

/** The key that signs now, and those that did before. */
@Injectable()
export class AuditKeyRing {
  readonly trusted: TrustedKeys;
  readonly published: AuditKeys;

  constructor({ signer, formerKeys }: AuditConfig) {
    const current = pemOf(signer.publicKey);
    this.trusted = TrustedKeys.ofPem([current, ...formerKeys]);
    this.published = {
      keys: [
        { keyId: signer.keyId, publicKey: current, current: true },
        ...formerKeys.map((publicKey) => ({
          keyId: keyIdOf(createPublicKey(publicKey)),
          publicKey,
          current: false,
        })),
      ],
    };
  }
}

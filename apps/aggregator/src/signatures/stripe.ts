import { hmac } from './hmac';
import type { SignatureScheme } from './signature-scheme';

/** https://docs.stripe.com/webhooks/signature: the secret is the key as it is written, `whsec_` included. */
export function stripe({ toleranceSeconds }: { toleranceSeconds: number }): SignatureScheme {
  return hmac({
    kind: 'hmac',
    header: 'stripe-signature',
    digest: 'sha256',
    encoding: 'hex',
    prefix: '',
    signed: '{timestamp}.{body}',
    fields: { signature: 'v1', timestamp: 't', separator: ',' },
    timestampUnit: 'seconds',
    toleranceSeconds,
  });
}

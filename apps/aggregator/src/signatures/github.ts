import { hmac } from './hmac';
import type { SignatureScheme } from './signature-scheme';

/** https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
export function github(): SignatureScheme {
  const scheme = hmac({
    kind: 'hmac',
    header: 'x-hub-signature-256',
    digest: 'sha256',
    encoding: 'hex',
    prefix: 'sha256=',
    signed: '{body}',
    timestampUnit: 'seconds',
    toleranceSeconds: 0,
  });
  return { ...scheme, customaryIdHeader: 'x-github-delivery' };
}

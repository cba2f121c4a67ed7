import { bearer } from './bearer';
import type { SignatureScheme } from './signature-scheme';

/**
 * https://docs.gitlab.com/user/project/integrations/webhooks/#validate-requests-by-using-a-secret-token; the id that
 * stays the same on retries is under 'delivery headers' there.
 */
export function gitlab(): SignatureScheme {
  return { ...bearer({ header: 'x-gitlab-token', prefix: '' }), customaryIdHeader: 'idempotency-key' };
}

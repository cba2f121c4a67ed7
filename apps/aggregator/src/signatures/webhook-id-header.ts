import type { HeaderFault, RequestHeaders } from './signature-scheme';

const VISIBLE_ASCII = /^[\x21-\x7e]{1,200}$/;

export function isWebhookId(value: RequestHeaders[string]): value is string {
  return typeof value === 'string' && VISIBLE_ASCII.test(value);
}

export function webhookIdFault(header: string): HeaderFault {
  return { header, detail: 'must be 1 to 200 visible ASCII characters' };
}

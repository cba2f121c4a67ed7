import type { SignatureSettings } from '@croupier/contracts';
import { basic } from './basic';
import { bearer } from './bearer';
import { github } from './github';
import { gitlab } from './gitlab';
import { hmac } from './hmac';
import { mtls } from './mtls';
import type { SignatureScheme } from './signature-scheme';
import { standardWebhooks } from './standard-webhooks';
import { stripe } from './stripe';

export function schemeOf(settings: SignatureSettings): SignatureScheme {
  switch (settings.kind) {
    case 'standard-webhooks':
      return standardWebhooks(settings);
    case 'github':
      return github();
    case 'gitlab':
      return gitlab();
    case 'stripe':
      return stripe(settings);
    case 'hmac':
      return hmac(settings);
    case 'basic':
      return basic(settings);
    case 'bearer':
      return bearer(settings);
    case 'mtls':
      return mtls(settings);
  }
}

import { randomBytes } from 'node:crypto';
import { generateSecret, secretBytes, secretText, WebhookSecret } from './webhook-secret';

describe('WebhookSecret', () => {
  it('takes what it generates, each time another one', () => {
    const [one, another] = [generateSecret(), generateSecret()];
    expect(WebhookSecret.parse(one)).toBe(one);
    expect(one).not.toBe(another);
    expect(secretText(secretBytes(one))).toBe(one);
  });

  it.each([24, 64])('takes %i bytes', (length) => {
    expect(WebhookSecret.safeParse(secretText(randomBytes(length))).success).toBe(true);
  });

  it.each([
    ['too short', secretText(randomBytes(23))],
    ['too long', secretText(randomBytes(65))],
    ['without its prefix', randomBytes(32).toString('base64')],
    ['not base64', `whsec_${'*'.repeat(40)}`],
  ])('refuses a secret that is %s', (_, secret) => {
    expect(WebhookSecret.safeParse(secret).success).toBe(false);
  });
});

import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Lets secret scanners know one when they see it. */
export const API_TOKEN_PREFIX = 'crp_';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_BYTES = 32;
/** 62^43 is just over 2^256, and 62^6 over 2^32. */
const SECRET_DIGITS = 43;
const CHECKSUM_DIGITS = 6;

const FORM = new RegExp(
  `^${API_TOKEN_PREFIX}([0-9A-Za-z]{${SECRET_DIGITS}})([0-9A-Za-z]{${CHECKSUM_DIGITS}})$`,
);

/**
 * A new API token: prefix, 256 random bits and their CRC-32, both in base 62, as GitHub's are
 * (https://github.blog/engineering/behind-githubs-new-authentication-token-formats/).
 */
export function drawApiToken(): string {
  const secret = inBase62(BigInt(`0x${randomBytes(SECRET_BYTES).toString('hex')}`), SECRET_DIGITS);
  return API_TOKEN_PREFIX + secret + checksumOf(secret);
}

/** Whether a text is an API token in form. What is mistyped or cut off is known without asking anybody. */
export function isApiToken(text: string): boolean {
  const [, secret, checksum] = FORM.exec(text) ?? [];
  return secret !== undefined && checksumOf(secret) === checksum;
}

function checksumOf(secret: string): string {
  return inBase62(BigInt(crc32(secret)), CHECKSUM_DIGITS);
}

function inBase62(number: bigint, digits: number): string {
  let text = '';
  for (let rest = number; text.length < digits; rest /= 62n) text = DIGITS[Number(rest % 62n)] + text;
  return text;
}

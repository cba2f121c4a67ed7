import { crc32 } from 'node:zlib';
import { checksumOf } from './checksum';

describe('the checksum of a script', () => {
  it('is the CRC-32 of its lines, joined', () => {
    expect(checksumOf('a\nb\n')).toBe(crc32('ab') | 0);
  });

  it('is a signed 32-bit integer, as the history column is', () => {
    // CRC-32's check value, 0xcbf43926, from the catalogue of parametrised CRC algorithms.
    expect(checksumOf('123456789')).toBe(0xcbf43926 - 2 ** 32);
  });

  it.each([
    ['Windows line ends', 'SELECT 1;\r\nSELECT 2;\r\n'],
    ['old Macintosh line ends', 'SELECT 1;\rSELECT 2;'],
    ['a byte order mark', '\uFEFFSELECT 1;\nSELECT 2;'],
  ])('does not see %s', (_, sql) => {
    expect(checksumOf(sql)).toBe(checksumOf('SELECT 1;\nSELECT 2;'));
  });

  it('sees a changed statement', () => {
    expect(checksumOf('SELECT 1;')).not.toBe(checksumOf('SELECT 2;'));
  });
});

import { crc32 } from 'node:zlib';

/**
 * Flyway's checksum: CRC-32 over the lines without their ends, as a signed 32-bit integer, so that a checkout with
 * other line ends has the same one (`ChecksumCalculator` in flyway-core).
 */
export function checksumOf(sql: string): number {
  const lines = sql.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  return crc32(Buffer.from(lines.join(''), 'utf8')) | 0;
}

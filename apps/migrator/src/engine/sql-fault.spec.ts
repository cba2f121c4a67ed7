import { describeFault, isFaultOfScript } from './sql-fault';

describe('a fault of PostgreSQL', () => {
  it.each([
    ['a syntax error', '42601'],
    ['a missing table', '42P01'],
    ['a duplicate value', '23505'],
    ['a lock that was not to be had in time', '55P03'],
    ['a statement that ran too long', '57014'],
    ['a transaction command', '0A000'],
  ])('is the fault of the script when it is %s', (_, code) => {
    expect(isFaultOfScript({ message: '', code })).toBe(true);
  });

  it.each([
    ['a broken connection', undefined],
    ['a connection exception', '08006'],
    ['a deadlock', '40P01'],
    ['a full server', '53300'],
    ['a server that shuts down', '57P01'],
  ])('says nothing of the script when it is %s', (_, code) => {
    expect(isFaultOfScript({ message: '', code })).toBe(false);
  });

  it('is told with the script, the line and the SQLSTATE', () => {
    const sql = 'SELECT 1;\nSELECT 2;\nSELECT x;';
    const fault = { message: 'no x', code: '42703', internalQuery: sql, internalPosition: '28' };
    expect(describeFault('V1__a.sql', sql, fault)).toBe('V1__a.sql line 3: no x (SQLSTATE 42703)');
  });

  it('is told without a line when PostgreSQL names none', () => {
    expect(describeFault('V1__a.sql', 'SELECT 1', { message: 'late', code: '57014' })).toBe(
      'V1__a.sql: late (SQLSTATE 57014)',
    );
  });
});

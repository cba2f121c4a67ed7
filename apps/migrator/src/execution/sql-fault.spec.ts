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
    const statement = { script: 'V1__a.sql', line: 3, sql: 'SELECT\n1,\nx' };
    expect(describeFault(statement, { message: 'no x', code: '42703', position: '11' })).toBe(
      'V1__a.sql line 5: no x (SQLSTATE 42703)',
    );
  });

  it('is told with the line of the statement when PostgreSQL names no place in it', () => {
    const statement = { script: 'V1__a.sql', line: 3, sql: 'SELECT\n1' };
    expect(describeFault(statement, { message: 'late', code: '57014' })).toBe(
      'V1__a.sql line 3: late (SQLSTATE 57014)',
    );
  });
});

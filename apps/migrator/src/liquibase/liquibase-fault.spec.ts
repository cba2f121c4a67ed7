import { MigrationFailure } from '../engine/migration-failure';
import { isLockFault, type SqlFault } from '../execution/sql-fault';
import { faultOf } from './liquibase-fault';

describe('what Liquibase writes when it fails', () => {
  it('is the changesets’ fault when it says so, in one line', () => {
    const fault = faultOf(
      `Running Changeset: a.sql::one::eve\nUnexpected error running Liquibase: Migration failed for changeset a.sql::one::eve:\n     Reason: liquibase.exception.DatabaseException: ERROR: relation "x" does not exist\n\nFor more information, please use the --log-level flag\n`,
    );

    expect(fault).toBeInstanceOf(MigrationFailure);
    expect(fault.message).toBe(
      'Liquibase: Migration failed for changeset a.sql::one::eve: Reason: ERROR: relation "x" does not exist',
    );
  });

  it('can be tried again when somebody else held a lock', () => {
    const fault = faultOf(
      'Unexpected error running Liquibase: Migration failed for changeset a.sql::one::eve: Reason: ERROR: canceling statement due to lock timeout',
    );

    expect(isLockFault(fault.cause as SqlFault)).toBe(true);
  });

  it('says nothing of the changesets when the connection is at fault', () => {
    const fault = faultOf(
      'Unexpected error running Liquibase: Connection could not be created to jdbc:postgresql://127.0.0.1/x',
    );

    expect(fault).not.toBeInstanceOf(MigrationFailure);
  });
});

import { Injectable } from '@nestjs/common';
import type { Transaction } from '@croupier/persistence';

const WRITER = 'croupier_audit_writer';

/** To the end of the transaction the session may read and insert, and nothing else, where the database has the role. */
@Injectable()
export class WriterRole {
  async assume(tx: Transaction): Promise<void> {
    const [row] = await tx.query<{ usable: boolean }[]>(
      `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1 AND pg_has_role(current_user, oid, 'MEMBER')
         AND has_table_privilege(oid, 'audit_records', 'INSERT')) AS usable`,
      [WRITER],
    );
    if (row?.usable) await tx.query(`SET LOCAL ROLE ${WRITER}`);
  }
}

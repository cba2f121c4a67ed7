import type { AuditRecord } from '@croupier/contracts';
import { ChangeTable } from '../parts/change-table';
import { Facts } from '../parts/facts';
import { time } from '../parts/format';
import { Answer } from '../parts/query';

export function AuditRecordPage({ tenant, sequence }: { tenant: string; sequence: string }) {
  return (
    <>
      <h1>Audit record</h1>
      <Answer<AuditRecord>
        service="audit"
        path={`/v1/audit/${encodeURIComponent(tenant)}/records/${encodeURIComponent(sequence)}`}
        empty=""
        everyMs={60_000}
      >
        {(record) => (
          <>
            <Facts
              of={{
                Record: `${record.sequence} of ${record.tenant}`,
                What: record.action,
                Of: `${record.object.type} ${record.object.id}`,
                Who: record.authentication ? `${record.actor}, by ${record.authentication}` : record.actor,
                Why: record.reason,
                Where: record.service,
                Happened: time(record.at),
                Recorded: time(record.recordedAt),
                Request: record.requestId,
                Trace: record.traceId,
                'Hash before': record.previousHash,
                Hash: record.hash,
              }}
            />
            <ChangeTable before={record.before} after={record.after} />
          </>
        )}
      </Answer>
    </>
  );
}

import type { AuditRecord } from '@croupier/contracts';
import { Link } from 'wouter';
import { time } from '../parts/format';
import { Answer, Table } from '../parts/query';
import { FlagHistory } from './flag-history';
import { ServiceReportForm } from './service-report-form';

export function Audit() {
  return (
    <>
      <h1>Audit</h1>
      <p className="muted">
        Who changed what, and why. Releases have their timelines, each with its own hash chain, on their own
        pages.
      </p>
      <h2>Report for a regulator</h2>
      <ServiceReportForm />
      <h2>All services</h2>
      <Answer<{ items: AuditRecord[] }>
        service="audit"
        path="/v1/audit?limit=50"
        empty="Nothing is recorded yet."
        isEmpty={({ items }) => items.length === 0}
        away="No audit service runs here, so there is no record across services. Timelines and the flags’ history are kept without it."
      >
        {({ items }) => (
          <Table caption="Latest records" head={['When', 'Who', 'What', 'Of', 'Why', 'Record']}>
            {items.map(({ tenant, sequence, at, service, actor, action, object, reason }) => (
              <tr key={`${tenant}/${sequence}`}>
                <td>{time(at)}</td>
                <td>{actor}</td>
                <th scope="row">{action}</th>
                <td>
                  {object.type} {object.id} <span className="muted">({service})</span>
                </td>
                <td className="wide">{reason ?? '–'}</td>
                <td>
                  <Link href={`/audit/${tenant}/${sequence}`}>
                    {tenant} {sequence}
                  </Link>
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Answer>
      <h2>Flags</h2>
      <FlagHistory />
    </>
  );
}

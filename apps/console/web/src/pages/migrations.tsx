import type { MigrationRun, ModuleStatus } from '@croupier/contracts';
import { time } from '../parts/format';
import { Answer, State, Table } from '../parts/query';

export function Migrations() {
  return (
    <>
      <h1>Migrations</h1>
      <Answer<{ items: MigrationRun[] }>
        service="migrator"
        path="/v1/migrations"
        empty="No migration yet."
        isEmpty={({ items }) => items.length === 0}
      >
        {({ items }) => (
          <Table caption="Runs" head={['Module', 'Version', 'State', 'Detail', 'Changed']}>
            {items.map((run) => (
              <tr key={run.releaseId}>
                <th scope="row">
                  {run.provider}/{run.game}
                </th>
                <td>{run.version}</td>
                <td>
                  <State of={run.status} />
                </td>
                <td className="wide">{run.detail}</td>
                <td>{time(run.updatedAt)}</td>
              </tr>
            ))}
          </Table>
        )}
      </Answer>
      <Answer<{ items: ModuleStatus[] }>
        service="migrator"
        path="/v1/modules?drift=true"
        empty="No module has a schema."
        everyMs={60_000}
        isEmpty={({ items }) => items.length === 0}
      >
        {({ items }) => (
          <Table caption="Schemas" head={['Schema', 'Environment', 'Version', 'Drift']}>
            {items.map(({ schema, environment, tenant, version, drift, detail }) => (
              <tr key={`${schema} ${environment} ${tenant ?? ''}`}>
                <th scope="row">{schema}</th>
                <td>{environment}</td>
                <td>{version ?? '–'}</td>
                <td>{drift ? `${drift.length} differences` : (detail ?? 'not known')}</td>
              </tr>
            ))}
          </Table>
        )}
      </Answer>
    </>
  );
}

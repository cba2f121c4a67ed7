import type { FlagView } from '@croupier/contracts';
import { Action } from '../parts/action';
import { Answer, State, Table } from '../parts/query';
import { ChangeRequests } from './change-requests';

export function Flags() {
  return (
    <>
      <h1>Flags</h1>
      <Answer<{ items: FlagView[] }>
        service="flags"
        path="/v1/flags?limit=200"
        empty="No flag yet."
        isEmpty={({ items }) => items.length === 0}
      >
        {({ items }) => (
          <Table caption="Flags by environment" head={['Flag', 'Environment', 'State', 'Action']}>
            {items.flatMap(({ name, version, environments }) =>
              Object.entries(environments).map(([environment, { enabled }]) => (
                <tr key={`${name} ${environment}`}>
                  <th scope="row">{name}</th>
                  <td>{environment}</td>
                  <td>
                    <State of={enabled ? 'on' : 'off'} />
                  </td>
                  <td>
                    <Action
                      label={enabled ? 'Turn off' : 'Turn on'}
                      title={`Turn ${name} ${enabled ? 'off' : 'on'} in ${environment}`}
                      callOf={(reason) => ({
                        method: 'PUT',
                        path: `/api/flags/v1/flags/${name}/environments/${environment}`,
                        headers: { 'if-match': `"${version}"` },
                        body: { enabled: !enabled, reason },
                      })}
                    />
                  </td>
                </tr>
              )),
            )}
          </Table>
        )}
      </Answer>
      <h2>Change requests</h2>
      <ChangeRequests />
    </>
  );
}

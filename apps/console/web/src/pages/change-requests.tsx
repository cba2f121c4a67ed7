import type { ChangeRequestView, FlagChange } from '@croupier/contracts';
import { Action } from '../parts/action';
import { Disclosure } from '../parts/disclosure';
import { Facts } from '../parts/facts';
import { time } from '../parts/format';
import { Answer, State } from '../parts/query';
import { AskedChange, ProposedChange } from './proposed-change';

export function ChangeRequests() {
  return (
    <Answer<{ items: ChangeRequestView[] }>
      service="flags"
      path="/v1/flag-change-requests"
      empty="No change was asked for."
      isEmpty={({ items }) => items.length === 0}
    >
      {({ items }) =>
        items.map((request) => (
          <Disclosure
            key={request.id}
            summary={
              <>
                <State of={request.status} /> {titleOf(request.change)}, by {request.author}: {request.reason}
              </>
            }
          >
            <Facts
              of={{
                'Asked for': time(request.createdAt),
                'To come': request.applyAt === null ? 'once it is approved' : time(request.applyAt),
                Approvals: `${request.approvals.length} of ${request.requiredApprovals}: ${request.approvals.map(({ actor }) => actor).join(', ') || 'none yet'}`,
                Detail: request.detail || null,
              }}
            />
            {isOpen(request) ? (
              <ProposedChange change={request.change} />
            ) : (
              <AskedChange change={request.change} />
            )}
            {isOpen(request) && (
              <div className="row">
                {COMMANDS.map(([command, label]) => (
                  <Action
                    key={command}
                    danger={command !== 'approve'}
                    label={label}
                    title={`${label}: ${titleOf(request.change)}`}
                    callOf={(reason) => ({
                      method: 'POST',
                      path: `/api/flags/v1/flag-change-requests/${request.id}/${command}`,
                      body: { reason },
                    })}
                  />
                ))}
              </div>
            )}
          </Disclosure>
        ))
      }
    </Answer>
  );
}

const COMMANDS = [
  ['approve', 'Approve'],
  ['reject', 'Reject'],
  ['cancel', 'Cancel the request'],
] as const;

function isOpen({ status }: ChangeRequestView): boolean {
  return status === 'waiting' || status === 'scheduled';
}

function titleOf(change: FlagChange): string {
  switch (change.kind) {
    case 'settings':
      return `${change.flag} in ${change.environment}`;
    case 'flag':
      return `${change.flag} everywhere`;
    case 'archive':
      return `archive ${change.flag}`;
    case 'segment':
      return `${change.document === null ? 'delete ' : ''}segment ${change.segment}`;
  }
}

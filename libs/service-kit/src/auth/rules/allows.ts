import type { Grant, Role } from '@croupier/contracts';
import type { Resource } from './resource';

/** An admin changes the rules and runs the place, but is nobody's second pair of eyes. */
const INCLUDED: Readonly<Record<Role, readonly Role[]>> = {
  viewer: ['viewer'],
  operator: ['viewer', 'operator'],
  releaser: ['viewer', 'operator', 'releaser'],
  approver: ['viewer', 'approver'],
  admin: ['viewer', 'operator', 'releaser', 'admin'],
};

/** Whether one of the grants allows what needs `role` on the whole of `resource`. */
export function allows(grants: readonly Grant[], role: Role, resource: Resource): boolean {
  return grants.some((grant) => INCLUDED[grant.role].includes(role) && covers(grant, resource));
}

function covers({ subject, markets }: Grant, resource: Resource): boolean {
  return coversSubject(subject, resource.subject) && coversMarkets(markets, resource.markets);
}

function coversSubject(granted: string, asked: string): boolean {
  if (granted === '*' || granted === asked) return true;
  return granted.endsWith('/*') && asked.startsWith(granted.slice(0, -1));
}

/** A grant for some markets is none for a thing of all markets, nor for one of a market that is not among them. */
function coversMarkets(granted: readonly string[] | null, asked: readonly string[] | null): boolean {
  if (granted === null) return true;
  return asked !== null && asked.length > 0 && asked.every((market) => granted.includes(market));
}

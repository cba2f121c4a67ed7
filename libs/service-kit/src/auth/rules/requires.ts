import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { Role } from '@croupier/contracts';
import { WHOLE_INSTALLATION, type Scope } from './scope';

export const RULE = Symbol('rule');

/** Where the OpenAPI document tells a route's rule. */
export const RULE_EXTENSION = 'x-croupier-access';

/** For a route that is several: a role for each value of a parameter of its path. */
export interface RoleByParameter {
  readonly parameter: string;
  readonly roles: Readonly<Record<string, Role>>;
}

export interface AccessRule {
  /** Null for services alone; `anyone` for whoever is known. */
  readonly role: Role | RoleByParameter | 'anyone' | null;
  readonly scope: Scope;
  /** Whether the services' own token does as well. */
  readonly services: boolean;
}

/** Whom a route or a controller is for, and about what the grant has to be: about everything, unless given. */
export function Requires(
  role: Role | RoleByParameter | 'anyone',
  scope: Scope = WHOLE_INSTALLATION,
  { services = false }: { readonly services?: boolean } = {},
): MethodDecorator & ClassDecorator {
  return ruled({ role, scope, services });
}

/** For services among each other, and for nobody else. */
export function RequiresService(): MethodDecorator & ClassDecorator {
  return ruled({ role: null, scope: WHOLE_INSTALLATION, services: true });
}

function ruled(rule: AccessRule): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(RULE, rule), ApiExtension(RULE_EXTENSION, described(rule)));
}

/** As the table of routes says it. */
export interface DescribedRule {
  readonly role: string;
  readonly scope: string;
}

function described({ role, scope, services }: AccessRule): DescribedRule {
  const roles = [...(role === null ? [] : [rolesOf(role)]), ...(services ? ['service'] : [])];
  return { role: roles.join(' or '), scope: scope.kind === 'everything' ? 'everything' : scope.words };
}

function rolesOf(role: Role | RoleByParameter | 'anyone'): string {
  if (typeof role === 'string') return role;
  const byRole = new Map<string, string[]>();
  for (const [value, each] of Object.entries(role.roles))
    byRole.set(each, [...(byRole.get(each) ?? []), value]);
  return [...byRole].map(([each, values]) => `${each} (${values.join(', ')})`).join(', ');
}

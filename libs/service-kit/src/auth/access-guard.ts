import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ModuleRef, Reflector } from '@nestjs/core';
import type { Role } from '@croupier/contracts';
import type { FastifyRequest } from 'fastify';
import { forbidden, forServicesOnly, notForServices, outOfScope, routeWithoutRule } from './auth-problems';
import { Authenticator } from './callers/authenticator';
import { PUBLIC } from './public';
import { allows } from './rules/allows';
import { RULE, type AccessRule } from './rules/requires';
import { EVERYTHING, type Resource } from './rules/resource';
import type { Scope } from './rules/scope';

/** Denies by default: a route is public, or says whom it is for, or is for nobody. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly modules: ModuleRef,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const rule = this.ruleOf(context);
    if (rule === 'public') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const caller = await this.authenticator.authenticate(request);
    request.caller = caller;
    if (rule === undefined) throw routeWithoutRule();
    if (caller.kind === 'service') {
      if (!rule.services) throw notForServices();
      return true;
    }
    if (caller.kind === 'break-glass' || rule.role === 'anyone') return true;
    const role = roleFor(rule.role, request);
    if (role === null) throw forServicesOnly();
    const resource = await this.resourceOf(rule.scope, request);
    if (resource === null) {
      if (!allows(caller.grants, role, EVERYTHING)) throw outOfScope(role);
    } else if (!allows(caller.grants, role, resource)) throw forbidden(role, resource);
    return true;
  }

  /** A method's own word counts before its controller's. */
  private ruleOf(context: ExecutionContext): AccessRule | 'public' | undefined {
    for (const target of [context.getHandler(), context.getClass()]) {
      if (this.reflector.get<boolean | undefined>(PUBLIC, target)) return 'public';
      const rule = this.reflector.get<AccessRule | undefined>(RULE, target);
      if (rule !== undefined) return rule;
    }
    return undefined;
  }

  private async resourceOf(scope: Scope, request: FastifyRequest): Promise<Resource | null> {
    switch (scope.kind) {
      case 'everything':
        return EVERYTHING;
      case 'request':
        return scope.resourceOf(request);
      case 'found':
        return this.modules.get(scope.finder, { strict: false }).find(request);
    }
  }
}

/** What a route does not know asks for the most that it has: it is answered as unknown afterwards. */
function roleFor(role: Exclude<AccessRule['role'], 'anyone'>, { params }: FastifyRequest): Role | null {
  if (role === null || typeof role === 'string') return role;
  const value = (params as Record<string, string | undefined>)[role.parameter] ?? '';
  return Object.hasOwn(role.roles, value) ? (role.roles[value] ?? null) : 'admin';
}

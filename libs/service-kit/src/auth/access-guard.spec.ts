import { Controller, Get, type ExecutionContext, type Type } from '@nestjs/common';
import { Reflector, type ModuleRef } from '@nestjs/core';
import type { Role } from '@croupier/contracts';
import { AccessGuard } from './access-guard';
import type { Authenticator } from './callers/authenticator';
import type { Caller } from './callers/caller';
import { Public } from './public';
import { Requires, RequiresService } from './rules/requires';
import { inPath } from './rules/scope';

@Controller()
class Routes {
  @Get('forgotten') forgotten(this: void): void {}
  @Get('open') @Public() open(this: void): void {}
  @Get('services') @RequiresService() services(this: void): void {}
  @Get('subject') @Requires('operator', inPath()) subject(this: void): void {}
}

const person = (role: Role, subject = '*'): Caller => ({
  ...{ kind: 'person', id: 'anna', actor: 'anna', expiresAt: null },
  grants: [{ role, subject, markets: null }],
});
const fixed = (kind: 'service' | 'break-glass'): Caller => ({ ...person('viewer'), kind, grants: [] });

function visit(route: keyof Routes, caller: Caller): Promise<boolean> {
  const authenticator = { authenticate: () => Promise.resolve(caller) } as unknown as Authenticator;
  const guard = new AccessGuard(new Reflector(), authenticator, {} as ModuleRef);
  return guard.canActivate({
    getType: () => 'http',
    getHandler: () => Routes.prototype[route],
    getClass: () => Routes as Type,
    switchToHttp: () => ({ getRequest: () => ({ params: { provider: 'acme', game: 'slots' } }) }),
  } as unknown as ExecutionContext);
}

describe('the guard', () => {
  it('refuses a route without a rule, to everybody', async () => {
    await expect(visit('forgotten', person('admin'))).rejects.toThrow('nobody may');
    await expect(visit('forgotten', fixed('break-glass'))).rejects.toThrow('nobody may');
  });

  it('lets services in where it is said, and nowhere else', async () => {
    await expect(visit('services', fixed('service'))).resolves.toBe(true);
    await expect(visit('subject', fixed('service'))).rejects.toThrow('SERVICE_TOKEN');
    await expect(visit('services', person('admin'))).rejects.toThrow('services among each other');
  });

  it('asks for the role, and for the subject', async () => {
    await expect(visit('subject', person('operator', 'acme/*'))).resolves.toBe(true);
    await expect(visit('subject', person('viewer'))).rejects.toThrow('operator for acme/slots');
    await expect(visit('subject', person('operator', 'other/*'))).rejects.toThrow('operator for acme/slots');
  });
});

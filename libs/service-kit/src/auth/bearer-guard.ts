import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable, UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { BaseConfig, Environment, loadConfig } from '../config/environment';
import { PUBLIC } from './public';

const Tokens = BaseConfig.pick({ OPERATOR_TOKEN: true, SERVICE_TOKEN: true });

/** Denies by default: a route is public by decorator or needs the operators' or the services' token (RFC 6750). */
@Injectable()
export class BearerGuard implements CanActivate {
  private readonly accepted: Buffer[];

  constructor(
    private readonly reflector: Reflector,
    environment: Environment,
  ) {
    const tokens = loadConfig(Tokens, environment);
    this.accepted = [tokens.OPERATOR_TOKEN, tokens.SERVICE_TOKEN].map(digest);
  }

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, [context.getHandler(), context.getClass()]))
      return true;
    const header = context.switchToHttp().getRequest<FastifyRequest>().headers.authorization ?? '';
    const presented = digest(/^Bearer (\S+)$/i.exec(header)?.[1] ?? '');
    if (this.accepted.some((token) => timingSafeEqual(token, presented))) return true;
    throw new UnauthorizedException('Send Authorization: Bearer with a valid token.');
  }
}

/** Equal lengths for the constant-time compare. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

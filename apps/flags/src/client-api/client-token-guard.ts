import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable, UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { FlagsConfig } from '../flags-config';

/** Unleash SDKs send their token in `Authorization` with no scheme before it. */
@Injectable()
export class ClientTokenGuard implements CanActivate {
  private readonly accepted: Buffer;

  constructor(config: FlagsConfig) {
    this.accepted = digest(config.clientToken);
  }

  canActivate(context: ExecutionContext): boolean {
    const { authorization = '' } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    if (timingSafeEqual(this.accepted, digest(authorization))) return true;
    throw new UnauthorizedException('Send Authorization with the client token, without a scheme before it.');
  }
}

/** Equal lengths for the constant-time compare. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

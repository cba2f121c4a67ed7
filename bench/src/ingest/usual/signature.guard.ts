import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  Injectable,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
  type RawBodyRequest,
} from '@nestjs/common';

const key = Buffer.from(process.env['KEY'] ?? '', 'base64');

@Injectable()
export class SignatureGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers, rawBody } = context
      .switchToHttp()
      .getRequest<RawBodyRequest<{ headers: Record<string, string>; rawBody?: Buffer }>>();
    const expected = createHmac('sha256', key)
      .update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.`)
      .update(rawBody ?? Buffer.alloc(0))
      .digest();
    const presented = Buffer.from(headers['webhook-signature']?.slice('v1,'.length) ?? '', 'base64');
    if (presented.length !== expected.length || !timingSafeEqual(presented, expected))
      throw new UnauthorizedException();
    return true;
  }
}

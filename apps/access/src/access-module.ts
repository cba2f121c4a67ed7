import { Module } from '@nestjs/common';
import { IntrospectionController } from './introspection/introspection-controller';
import { Introspections } from './introspection/introspections';
import { FirstToken } from './tokens/first-token';
import { TokenController } from './tokens/token-controller';
import { TokenRepository } from './tokens/token-repository';
import { Tokens } from './tokens/tokens';
import { WhoAmIController } from './whoami/whoami-controller';

@Module({
  controllers: [IntrospectionController, TokenController, WhoAmIController],
  providers: [FirstToken, Introspections, TokenRepository, Tokens],
})
export class AccessModule {}

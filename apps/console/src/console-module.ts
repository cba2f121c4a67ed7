import { Module } from '@nestjs/common';
import { Environment } from '@croupier/service-kit';
import { ProxiedServices } from './api/proxied-services';
import { ConsoleConfig } from './console-config';

@Module({
  providers: [
    {
      provide: ConsoleConfig,
      useFactory: (environment: Environment) => new ConsoleConfig(environment),
      inject: [Environment],
    },
    {
      provide: ProxiedServices,
      useFactory: (environment: Environment) => new ProxiedServices(environment),
      inject: [Environment],
    },
  ],
})
export class ConsoleModule {}

import { Injectable } from '@nestjs/common';
import { BaseConfig, Environment, loadConfig } from '../config/environment';
import { ServiceAddresses } from '../config/service-addresses';

const Token = BaseConfig.pick({ SERVICE_TOKEN: true });

/** What the registry asks of services that fetch files of versions which it alone can reach. */
@Injectable()
export class RegistryAccess {
  private readonly origin: string;
  private readonly authorization: string;

  constructor(addresses: ServiceAddresses, environment: Environment) {
    this.origin = new URL(addresses.url('registry')).origin;
    this.authorization = `Bearer ${loadConfig(Token, environment).SERVICE_TOKEN}`;
  }

  /** Empty for every other address: providers never see the token. */
  headersFor(url: string): Record<string, string> {
    return new URL(url).origin === this.origin ? { authorization: this.authorization } : {};
  }
}

import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { BaseConfig, Environment, loadConfig } from '@croupier/service-kit';
import { drawSecret } from './secret';
import { Tokens } from './tokens';

const LIFE_MS = 30 * 86_400_000;
const WHOLE = { subject: '*', markets: null } as const;
const Configured = BaseConfig.pick({ OPERATOR_TOKEN: true });

/** Somebody has to be the first who may make tokens: without OPERATOR_TOKEN, and without an admin, it is made here. */
@Injectable()
export class FirstToken implements OnApplicationBootstrap {
  constructor(
    private readonly tokens: Tokens,
    private readonly environment: Environment,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (loadConfig(Configured, this.environment).OPERATOR_TOKEN !== undefined) return;
    const secret = drawSecret();
    const token = await this.tokens.createFirst(
      {
        name: 'first admin',
        holder: 'first-admin',
        // An approver as well, who can be given by nobody else.
        grants: [
          { role: 'admin', ...WHOLE },
          { role: 'approver', ...WHOLE },
        ],
        reason: 'there was no admin',
        createdBy: 'croupier',
        expiresAt: new Date(Date.now() + LIFE_MS),
      },
      secret,
    );
    // To whoever started it, and not to the log, which others keep and read.
    if (token) process.stdout.write(`First admin token, shown this once: ${secret.token}\n`);
  }
}

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { eventually, freshDatabase, type FreshDatabase } from '@croupier/testing';
import { freePort } from '@croupier/persistence';
import { ServerProgram } from '../server-program';
import type { WrkRequest } from './wrk';

const FLAG = 'lucky-sevens-canary';
const FLAGS_OF_PROJECT = '/api/admin/projects/default/features';
const START_DEADLINE_MS = 180_000;

/** Unleash 6 on PostgreSQL, asked by its frontend API which side of one gradual rollout a player is on. */
export class UnleashPeer {
  private constructor(
    private readonly program: ServerProgram,
    private readonly database: FreshDatabase,
    private readonly frontendToken: string,
  ) {}

  static async start(): Promise<UnleashPeer> {
    const database = await freshDatabase();
    const adminToken = `*:*.${randomBytes(32).toString('hex')}`;
    const frontendToken = `*:development.${randomBytes(32).toString('hex')}`;
    const port = await freePort();
    const variables = {
      DATABASE_URL: database.url,
      PORT: String(port),
      ADMIN_TOKEN: adminToken,
      FRONTEND_TOKEN: frontendToken,
    };
    const program = await ServerProgram.start(join(__dirname, 'unleash-server-program.js'), variables, {
      port,
      path: '/health',
      deadlineMs: START_DEADLINE_MS,
    });
    const peer = new UnleashPeer(program, database, frontendToken);
    try {
      await peer.rollOut(adminToken);
      return peer;
    } catch (error) {
      await peer.stop();
      throw error;
    }
  }

  get url(): string {
    return this.program.url;
  }

  requestFor(player: string): WrkRequest {
    return { path: `/api/frontend?userId=${player}`, headers: { authorization: this.frontendToken } };
  }

  async stop(): Promise<void> {
    await this.program.stop();
    await this.database.drop();
  }

  private async rollOut(adminToken: string): Promise<void> {
    const post = async (path: string, body: object): Promise<void> => {
      const answer = await fetch(this.url + path, {
        method: 'POST',
        headers: { authorization: adminToken, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`Unleash answers ${answer.status}: ${await answer.text()}`);
    };
    const inDevelopment = `${FLAGS_OF_PROJECT}/${FLAG}/environments/development`;
    await post(FLAGS_OF_PROJECT, { name: FLAG, type: 'release' });
    await post(`${inDevelopment}/strategies`, {
      name: 'flexibleRollout',
      parameters: { rollout: '50', stickiness: 'userId', groupId: FLAG },
    });
    await post(`${inDevelopment}/on`, {});
    await eventually(
      async () => {
        const answers = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((player) => this.isOn(player)));
        return answers.includes(true);
      },
      { timeoutMs: 60_000, intervalMs: 500 },
    );
  }

  private async isOn(player: string): Promise<boolean> {
    const { path, headers = {} } = this.requestFor(player);
    const answer = await fetch(this.url + path, { headers });
    const { toggles } = (await answer.json()) as { toggles: readonly { name: string }[] };
    return toggles.some(({ name }) => name === FLAG);
  }
}

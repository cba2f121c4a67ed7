import { Injectable } from '@nestjs/common';
import { runBounded } from '../../programs/run-bounded';
import { GitOpsConfig } from './gitops-config';

const TIMEOUT_MS = 60_000;
const ALLOWED_PROTOCOLS = 'file:ssh:https:http';

/** The `git` command line, deaf to what else is configured on the machine, and never asking anybody. */
@Injectable()
export class GitProgram {
  constructor(private readonly config: GitOpsConfig) {}

  /** Answers what it wrote, without the last line's end. */
  async run(cwd: string, ...parameters: string[]): Promise<string> {
    const output = await runBounded('git', parameters, {
      cwd,
      timeoutMs: TIMEOUT_MS,
      env: this.environment(),
    });
    return output.replace(/\n$/, '');
  }

  private environment(): NodeJS.ProcessEnv {
    const { committer, sshKeyFile, sshKnownHostsFile } = this.config;
    const ssh = [
      'ssh -o BatchMode=yes -o ConnectTimeout=10',
      sshKeyFile && `-o IdentitiesOnly=yes -i ${quoted(sshKeyFile)}`,
      sshKnownHostsFile && `-o UserKnownHostsFile=${quoted(sshKnownHostsFile)}`,
    ];
    return {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      GIT_ALLOW_PROTOCOL: ALLOWED_PROTOCOLS,
      GIT_SSH_COMMAND: ssh.flatMap((part) => part || []).join(' '),
      GIT_AUTHOR_NAME: committer.name,
      GIT_AUTHOR_EMAIL: committer.email,
      GIT_COMMITTER_NAME: committer.name,
      GIT_COMMITTER_EMAIL: committer.email,
      ...this.credentials(),
    };
  }

  /** In the environment, where `ps` does not show it, and for the repository's own address alone. */
  private credentials(): NodeJS.ProcessEnv {
    const { repository = '', token, user } = this.config;
    if (token === undefined || !/^https?:/.test(repository)) return {};
    const basic = Buffer.from(`${user}:${token}`).toString('base64');
    return {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `http.${new URL(repository).origin}/.extraHeader`,
      GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
    };
  }
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}

import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { fullJitterMs } from '@croupier/service-kit';
import { OneAtATime } from '../../programs/one-at-a-time';
import { ProgramFailed } from '../../programs/run-bounded';
import { TRAILERS } from './commit-message';
import { GitOpsConfig } from './gitops-config';
import { GitProgram } from './git-program';

/** What the branch says now, for one file. */
export interface BranchState {
  readonly path: string;
  readonly text: string;
  /** The newest commit that the trailer says is of this effect; null when there is none. */
  commitOfEffect(effectKey: string): Promise<string | null>;
  /** The newest commit that brought this version into the file. */
  commitThatDeploys(version: string): Promise<string | null>;
  /** The file as it was before a commit. */
  textBefore(commit: string): Promise<string>;
  /** The highest fencing token that the file was changed under. */
  highestToken(): Promise<number | null>;
}

export interface Edit {
  readonly text: string;
  readonly message: string;
}

const ATTEMPTS = 8;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 3_000;

/** One branch of a Git remote, in a clone of our own. What others push in between is kept: ours goes on top of it. */
@Injectable()
export class ValuesRepository {
  private readonly lanes = new OneAtATime();

  constructor(
    private readonly git: GitProgram,
    private readonly config: GitOpsConfig,
  ) {}

  /**
   * Commits what `edit` makes of the file, and pushes it; null is nothing to do. `edit` is asked again when somebody else
   * has changed the same lines in the meantime. Answers the commit at the branch's head that has it.
   */
  change(path: string, edit: (state: BranchState) => Promise<Edit | null>): Promise<string> {
    return this.lanes.run('clone', async () => {
      for (let attempt = 1; ; attempt += 1) {
        await this.refresh();
        const edited = await edit(await this.stateOf(path));
        if (edited === null) return this.head();
        await this.commit(path, edited);
        if (await this.pushed()) return this.head();
        if (attempt >= ATTEMPTS)
          throw new Error(
            `${this.config.branch} is pushed to by others faster than by us: ${ATTEMPTS} attempts`,
          );
        await delay(fullJitterMs(attempt, FIRST_RETRY_MS, LONGEST_RETRY_MS));
      }
    });
  }

  /** Whether a commit is, or comes after, another. */
  contains(revision: string, commit: string): Promise<boolean> {
    if (revision === commit) return Promise.resolve(true);
    return this.lanes.run('clone', async () => {
      await this.refresh();
      return this.git.run(this.folder, 'merge-base', '--is-ancestor', commit, revision).then(
        () => true,
        () => false,
      );
    });
  }

  private get folder(): string {
    return this.config.cloneFolder;
  }

  private get upstream(): string {
    return `refs/remotes/origin/${this.config.branch}`;
  }

  private head(): Promise<string> {
    return this.git.run(this.folder, 'rev-parse', 'HEAD');
  }

  /** Our clone as the remote's branch is, whatever a crash has left in it. */
  private async refresh(): Promise<void> {
    const { repository, branch } = this.config;
    if (repository === undefined) throw new Error('GITOPS_REPOSITORY says where to commit, and is not set');
    const isThere = await stat(join(this.folder, '.git', 'HEAD')).catch(() => null);
    if (!isThere) {
      await mkdir(this.folder, { recursive: true });
      await this.git.run(this.folder, 'init', '--quiet');
    }
    await rm(join(this.folder, '.git', 'index.lock'), { force: true });
    await this.git.run(this.folder, 'config', 'remote.origin.url', repository);
    await this.git.run(this.folder, 'fetch', '--quiet', '--no-tags', 'origin', `+${branch}:${this.upstream}`);
    await rm(join(this.folder, '.git', 'rebase-merge'), { recursive: true, force: true });
    await this.git.run(this.folder, 'checkout', '--quiet', '--force', '--detach', this.upstream);
    await this.git.run(this.folder, 'clean', '--quiet', '--force', '-d');
  }

  private async commit(path: string, { text, message }: Edit): Promise<void> {
    await mkdir(dirname(join(this.folder, path)), { recursive: true });
    await writeFile(join(this.folder, path), text);
    await this.git.run(this.folder, 'add', '--', path);
    await this.git.run(this.folder, 'commit', '--quiet', '--no-verify', '--cleanup=verbatim', '-m', message);
  }

  /** False when others have changed what we change: there is something to decide anew. */
  private async pushed(): Promise<boolean> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      if (await this.push()) return true;
      await delay(fullJitterMs(attempt, FIRST_RETRY_MS, LONGEST_RETRY_MS));
      await this.git.run(
        this.folder,
        'fetch',
        '--quiet',
        '--no-tags',
        'origin',
        `+${this.config.branch}:${this.upstream}`,
      );
      try {
        await this.git.run(this.folder, 'rebase', '--quiet', this.upstream);
      } catch (error) {
        if (!(error instanceof ProgramFailed)) throw error;
        return false;
      }
    }
    return false;
  }

  private async push(): Promise<boolean> {
    try {
      await this.git.run(this.folder, 'push', '--quiet', 'origin', `HEAD:refs/heads/${this.config.branch}`);
      return true;
    } catch (error) {
      const isRace =
        error instanceof ProgramFailed &&
        /non-fast-forward|fetch first|cannot lock ref|failed to update ref/.test(error.output);
      if (!isRace) throw error;
      return false;
    }
  }

  private async stateOf(path: string): Promise<BranchState> {
    const text = await readFile(join(this.folder, path), 'utf8').catch(() => {
      throw new Error(
        `${this.config.branch} has no ${path}: a values file with its slots is where a version goes`,
      );
    });
    const newest = async (trailer: string, value: string): Promise<string | null> => {
      const commits = await this.git.run(
        this.folder,
        'log',
        `--format=%H %(trailers:key=${trailer},valueonly,separator=%x20)`,
        '--fixed-strings',
        `--grep=${trailer}: ${value}`,
        'HEAD',
        '--',
        path,
      );
      const exact = commits.split('\n').find((line) => line.slice(line.indexOf(' ') + 1) === value);
      return exact?.split(' ')[0] ?? null;
    };
    return {
      path,
      text,
      commitOfEffect: (effectKey) => newest(TRAILERS.effect, effectKey),
      commitThatDeploys: (version) => newest(TRAILERS.deploys, version),
      textBefore: (commit) => this.git.run(this.folder, 'show', `${commit}^:${path}`),
      highestToken: async () => {
        const tokens = await this.git.run(
          this.folder,
          'log',
          '-1',
          `--format=%(trailers:key=${TRAILERS.token},valueonly)`,
          `--grep=^${TRAILERS.token}: `,
          'HEAD',
          '--',
          path,
        );
        return tokens.trim() === '' ? null : Number(tokens.trim());
      },
    };
  }
}

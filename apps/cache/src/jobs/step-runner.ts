import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { GameManifest, type CacheStep } from '@croupier/contracts';
import { OutboundHttp, OutboundHttpError, ServiceAddresses } from '@croupier/service-kit';
import type { CacheTarget, ReadPaths } from '../targets/cache-target';
import { TargetHttp } from '../targets/http/target-http';
import { TargetFault } from '../targets/target-fault';
import type { ClaimedTask } from './job';
import type { Progress } from './task-queue';

/** Largest file that is compared; manifests allow no more (MANIFEST_LIMITS). */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
const AT_ONCE = 6;
const MANIFEST_TIMEOUT_MS = 5_000;

type StepOf<Kind extends CacheStep['kind']> = Extract<CacheStep, { kind: Kind }>;

export interface StepRun {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** Does one step at one target, once. */
@Injectable()
export class StepRunner {
  constructor(
    private readonly http: TargetHttp,
    private readonly outbound: OutboundHttp,
    private readonly addresses: ServiceAddresses,
  ) {}

  /** Answers what there is to say of it. @throws TargetFault */
  async run(task: ClaimedTask, target: CacheTarget, run: StepRun): Promise<string | null> {
    const { step } = task;
    if (step.kind === 'purge') {
      if (task.dryRun) return this.count(step, target, run);
      await this.purge(task, step, target, run);
      return null;
    }
    const reads = target.reads;
    if (reads === null || reads.through.length === 0)
      throw new TargetFault(`nothing is read through ${target.name}: it has no publicUrls`, false);
    switch (step.kind) {
      case 'warm':
        await this.warm(step, reads, task.done, run);
        return null;
      case 'origin':
        await this.awaitOrigin(step, reads, run.signal);
        return null;
      case 'verify':
        await this.verify(task, step, target, reads, run);
        return null;
    }
  }

  private async count(step: StepOf<'purge'>, target: CacheTarget, run: StepRun): Promise<string | null> {
    const entries = await target.count(step.selector, run.signal);
    run.onProgress({ done: entries ?? 0, total: entries, entries });
    return entries === null ? `${target.kind} does not say how much it holds` : null;
  }

  private async purge(
    task: ClaimedTask,
    step: StepOf<'purge'>,
    target: CacheTarget,
    { signal, onProgress }: StepRun,
  ): Promise<void> {
    let last: Progress = { done: task.done, total: null, entries: task.entries };
    const entries = await target.purge(step.selector, {
      id: `${task.jobId}-${task.position}`,
      signal,
      startAt: task.done,
      onProgress: (done, total, removed) => {
        last = { done, total, entries: added(task.entries, removed) };
        onProgress(last);
      },
    });
    onProgress({ ...last, entries: added(task.entries, entries) });
  }

  /** Every file through every node, so that none of them has to fetch it when players come. */
  private async warm(step: StepOf<'warm'>, reads: ReadPaths, startAt: number, run: StepRun): Promise<void> {
    const files = [...step.paths, ...(await this.filesOf(step.manifest))];
    for (let at = startAt; at < files.length; at += AT_ONCE) {
      const some = files.slice(at, at + AT_ONCE);
      await Promise.all(
        some.flatMap(({ path, sha256 }) =>
          reads.through.map(async (base) => {
            const { body } = await this.read(base + path, run.signal);
            if (sha256 !== null && sha256Of(body) !== sha256)
              throw new TargetFault(`${path} is not what the manifest says`, true);
          }),
        ),
      );
      run.onProgress({ done: at + some.length, total: files.length, entries: null });
    }
  }

  private async filesOf(
    manifest: StepOf<'warm'>['manifest'],
  ): Promise<readonly { readonly path: string; readonly sha256: string | null }[]> {
    if (manifest === null) return [];
    const { provider, game, version, files } = manifest;
    const path = `/v1/games/${provider}/${game}/versions/${encodeURIComponent(version)}/manifest`;
    try {
      const answer = await this.outbound.getJson(this.addresses.url('registry') + path, {
        timeoutMs: MANIFEST_TIMEOUT_MS,
        attempts: 1,
      });
      return GameManifest.parse(answer).files.map((file) => ({
        path: files.replaceAll('{path}', file.path),
        sha256: file.sha256,
      }));
    } catch (error) {
      const known = error instanceof OutboundHttpError;
      throw new TargetFault(
        `the manifest cannot be had: ${(error as Error).message}`,
        !known || error.retryable,
      );
    }
  }

  private async awaitOrigin(step: StepOf<'origin'>, reads: ReadPaths, signal: AbortSignal): Promise<void> {
    const { body } = await this.readOrigin(step.path, reads, signal);
    if (!body.includes(step.expect))
      throw new TargetFault(`the origin's ${step.path} does not say ${step.expect} yet`, true);
  }

  /** What is still the old answer is purged once more: somebody may have fetched it just before the origin changed. */
  private async verify(
    task: ClaimedTask,
    step: StepOf<'verify'>,
    target: CacheTarget,
    reads: ReadPaths,
    { signal, onProgress }: StepRun,
  ): Promise<void> {
    const origin = await this.readOrigin(step.path, reads, signal);
    const answers = await Promise.all(reads.through.map((base) => this.read(base + step.path, signal)));
    const differing = answers.filter(({ body }) => !body.equals(origin.body)).length;
    if (differing > 0) {
      await target.purge(
        { kind: 'keys', keys: [step.path] },
        {
          id: `${task.jobId}-${task.position}-${task.attempts}`,
          signal,
          startAt: 0,
          onProgress: () => undefined,
        },
      );
      throw new TargetFault(
        `${step.path} is not yet what the origin has, at ${differing} of ${answers.length}`,
        true,
      );
    }
    if (step.expect !== null && !origin.body.includes(step.expect))
      throw new TargetFault(`${step.path} does not say ${step.expect}`, true);
    onProgress({ done: answers.length, total: answers.length, entries: null });
  }

  private readOrigin(path: string, reads: ReadPaths, signal: AbortSignal): Promise<{ body: Buffer }> {
    if (reads.origin === null)
      throw new TargetFault('there is nothing to compare with: it has no originUrl', false);
    return this.read(reads.origin + path, signal, reads.originHeaders);
  }

  private async read(
    url: string,
    signal: AbortSignal,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ body: Buffer }> {
    const answer = await this.http.send({
      method: 'GET',
      url,
      headers: { ...headers },
      // A file that is not there yet may be, when the origin has it.
      accepted: [404],
      maxBytes: MAX_FILE_BYTES,
      signal,
    });
    if (answer.status !== 200)
      throw new TargetFault(`${new URL(url).pathname} is answered with ${answer.status}`, true);
    return answer;
  }
}

function added(before: number | null, more: number | null): number | null {
  return before === null && more === null ? null : (before ?? 0) + (more ?? 0);
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

import { Injectable } from '@nestjs/common';
import type { PipelineSuite } from '@croupier/contracts';
import { OutboundHttp } from '@croupier/service-kit';
import { sha256 } from '../../targets/verified-files';
import { PipelineRunner, reasonOf, type PipelineJob, type PipelineState } from '../pipeline-runner';
import { Collections } from './collections';
import { MoneyPath, type CheckOutcome } from './money-path';

/** Runs within the deployer: the version's own collections where it brings any, the money path where it does not. */
@Injectable()
export class BuiltInPipeline extends PipelineRunner {
  constructor(
    private readonly http: OutboundHttp,
    private readonly moneyPath: MoneyPath,
    private readonly collections: Collections,
  ) {
    super();
  }

  async start(job: PipelineJob): Promise<PipelineState> {
    const suites = await this.suitesOf(job);
    const failed = suites.some((suite) => suite.failed > 0);
    return {
      kind: 'ended',
      url: null,
      result: {
        outcome: failed ? 'failed' : 'passed',
        reason: failed ? reasonOf(suites, 'it failed') : '',
        suites,
        log: '',
      },
    };
  }

  /** It ends within `start`. */
  poll(): Promise<PipelineState> {
    return Promise.reject(new Error('The built-in pipeline leaves nothing running'));
  }

  cancel(): Promise<void> {
    return Promise.resolve();
  }

  private async suitesOf(job: PipelineJob): Promise<PipelineSuite[]> {
    const { manifest } = job.spec;
    if (manifest.collections) return this.collections.run(job);
    if (manifest.server.runtime === 'static') return [suiteOf('files', await this.files(job))];
    const { endpoint, runId } = job;
    return [
      suiteOf('money path', await this.moneyPath.check({ endpoint, runId, version: manifest.version })),
    ];
  }

  /** Every file under its address, byte by byte. */
  private async files({ spec, endpoint }: PipelineJob): Promise<CheckOutcome[]> {
    const outcomes: CheckOutcome[] = [];
    for (const file of spec.manifest.files) {
      const begun = performance.now();
      const failure = await this.http
        .getBytes(`${endpoint}/${file.path}`, { maxBytes: file.sizeBytes, timeoutMs: 30_000 })
        .then(
          (bytes) => (sha256(bytes) === file.sha256 ? null : 'its SHA-256 differs from the registered one'),
          (error: Error) => error.message,
        );
      outcomes.push({ name: file.path, durationMs: performance.now() - begun, failure });
    }
    return outcomes;
  }
}

function suiteOf(name: string, outcomes: readonly CheckOutcome[]): PipelineSuite {
  const failures = outcomes.flatMap(({ name: check, failure }) =>
    failure === null ? [] : [{ name: check, message: failure }],
  );
  return {
    name,
    tests: outcomes.length,
    failed: failures.length,
    skipped: 0,
    durationMs: outcomes.reduce((sum, { durationMs }) => sum + durationMs, 0),
    failures: failures.slice(0, 50),
  };
}

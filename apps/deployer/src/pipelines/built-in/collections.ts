import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import type { PipelineSuite } from '@croupier/contracts';
import type { NewmanRunSummary } from 'newman';
import { ArtifactStore } from '../../targets/artifact-store';
import type { PipelineJob } from '../pipeline-runner';

const COLLECTION_TIMEOUT_MS = 100_000;
const REQUEST_TIMEOUT_MS = 10_000;
const SCRIPT_TIMEOUT_MS = 5_000;
const MAX_FAILURES = 50;
const MAX_MESSAGE_LENGTH = 500;

/** Postman collections of the version's own files, run by newman: https://github.com/postmanlabs/newman#using-newman-as-a-library */
@Injectable()
export class Collections {
  constructor(private readonly artifacts: ArtifactStore) {}

  /** One suite for each collection. They are given `baseUrl`, `version` and `runId` as globals. */
  async run({ spec, endpoint, runId }: PipelineJob): Promise<PipelineSuite[]> {
    const { manifest, digest, manifestUrl } = spec;
    const folder = await this.artifacts.folderOf(digest, manifestUrl, manifest);
    const values = Object.entries({ baseUrl: endpoint, version: manifest.version, runId });
    const globals = { values: values.map(([key, value]) => ({ key, value, enabled: true })) };
    const suites: PipelineSuite[] = [];
    for (const path of manifest.collections ?? []) {
      const collection = JSON.parse(await readFile(join(folder, path), 'utf8')) as object;
      suites.push(suiteOf(path, await runOne(collection, globals)));
    }
    return suites;
  }
}

/** Loaded when a release first names a collection: newman is large. */
async function runOne(collection: object, globals: object): Promise<NewmanRunSummary> {
  const { default: newman } = await import('newman');
  return new Promise((resolve, reject) => {
    newman.run(
      {
        collection,
        globals,
        reporters: [],
        timeout: COLLECTION_TIMEOUT_MS,
        timeoutRequest: REQUEST_TIMEOUT_MS,
        timeoutScript: SCRIPT_TIMEOUT_MS,
        ignoreRedirects: true,
      },
      (error, summary) => (error ? reject(error) : resolve(summary)),
    );
  });
}

function suiteOf(path: string, { collection, run }: NewmanRunSummary): PipelineSuite {
  const failures = run.failures.map(({ source, error }) => ({
    name: source?.name ?? error.name,
    message: error.message.slice(0, MAX_MESSAGE_LENGTH),
  }));
  // A collection that asserts nothing proves nothing.
  if (run.stats.assertions.total === 0) failures.push({ name: path, message: 'it has no assertions' });
  return {
    name: collection.name || path,
    tests: run.stats.assertions.total ?? 0,
    failed: failures.length,
    skipped: run.stats.assertions.pending ?? 0,
    durationMs: Math.max(0, (run.timings.completed ?? 0) - (run.timings.started ?? 0)),
    failures: failures.slice(0, MAX_FAILURES),
  };
}

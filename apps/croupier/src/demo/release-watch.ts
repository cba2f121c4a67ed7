import { setTimeout as delay } from 'node:timers/promises';
import { ReleaseView, TimelineEntry } from '@croupier/contracts';
import { z } from 'zod';
import type { ApiClient } from '../platform/api-client';
import { GAME, PROVIDER } from './demo-options';

const ReleaseList = z.object({ releases: z.array(ReleaseView) });
const Timeline = z.object({ entries: z.array(TimelineEntry) });
const Verification = z.object({ verified: z.boolean() });

const LOOK_EVERY_MS = 250;
const FINAL = ['promoted', 'rolled-back', 'failed'];

/** The entry with which a release ended. */
function endOf({ status }: ReleaseView): string {
  return status === 'promoted' ? 'rollout.promoted' : 'rollout.rolled_back';
}

/** From the first entry of one type to the first of another that follows it; null when there is none. */
export function millisecondsBetween(
  timeline: readonly TimelineEntry[],
  from: string,
  to: string,
): number | null {
  const start = timeline.find(({ type }) => type === from);
  const end = start && timeline.find(({ type, sequence }) => type === to && sequence > start.sequence);
  return start && end ? Date.parse(end.at) - Date.parse(start.at) : null;
}

/** Follows releases through the deployer's REST API. */
export class ReleaseWatch {
  constructor(
    private readonly api: ApiClient,
    private readonly deployerUrl: string,
    private readonly game = GAME,
  ) {}

  /** Resolves with the release once it is promoted, rolled back or failed. */
  async untilFinal(
    version: string,
    deadlineMs: number,
    onLook: (release: ReleaseView | undefined) => void,
  ): Promise<ReleaseView> {
    const deadline = Date.now() + deadlineMs;
    while (Date.now() < deadline) {
      const release = await this.find(version);
      onLook(release);
      if (release && FINAL.includes(release.status)) return release;
      await delay(LOOK_EVERY_MS);
    }
    throw new Error(`${version} is neither promoted nor rolled back after ${deadlineMs / 1000} s`);
  }

  async find(version: string): Promise<ReleaseView | undefined> {
    const url = `${this.deployerUrl}/v1/releases?provider=${PROVIDER}&game=${this.game}`;
    const { releases } = ReleaseList.parse(await this.api.get(url));
    return releases.find((release) => release.version === version);
  }

  async timeline({ id }: ReleaseView): Promise<TimelineEntry[]> {
    return Timeline.parse(await this.api.get(`${this.deployerUrl}/v1/releases/${id}/timeline`)).entries;
  }

  /** The timeline, once what `types` name has followed the release's end, whatever the order. */
  async untilTold(
    release: ReleaseView,
    types: readonly string[],
    deadlineMs: number,
  ): Promise<TimelineEntry[]> {
    const deadline = Date.now() + deadlineMs;
    for (;;) {
      const entries = await this.timeline(release);
      const missing = types.filter((type) => millisecondsBetween(entries, endOf(release), type) === null);
      if (missing.length === 0) return entries;
      if (Date.now() > deadline)
        throw new Error(`The timeline of ${release.version} lacks ${missing.join(', ')}`);
      await delay(LOOK_EVERY_MS);
    }
  }

  async chainVerifies({ id }: ReleaseView): Promise<boolean> {
    const url = `${this.deployerUrl}/v1/releases/${id}/timeline/verification`;
    return Verification.parse(await this.api.get(url)).verified;
  }
}

import { ReleaseAnalysis, ReleaseId, ReleaseView, TimelineEntry } from '@croupier/contracts';
import { z } from 'zod';
import { queryOf, ServiceApi, type CommonOptions } from '../../platform/service-api';

const ReleaseList = z.object({ releases: z.array(ReleaseView), next: z.string().nullable() });
const Timeline = z.object({ entries: z.array(TimelineEntry) });

/** As many as the deployer answers at once. */
const PAGE = 200;
const TIMELINE_PAGE = 1_000;
const ENDED: readonly ReleaseView['status'][] = ['promoted', 'rolled-back', 'failed'];

export function hasEnded({ status }: ReleaseView): boolean {
  return ENDED.includes(status);
}

/** Releases as the deployer has them. */
export class RolloutApi {
  private constructor(private readonly deployer: ServiceApi) {}

  static async of(options: CommonOptions): Promise<RolloutApi> {
    return new RolloutApi(await ServiceApi.of('deployer', options));
  }

  async list(search: Readonly<Record<string, string | undefined>>, limit: number): Promise<ReleaseView[]> {
    const found: ReleaseView[] = [];
    let next: string | null = `/v1/releases${queryOf({ ...search, limit: String(Math.min(limit, PAGE)) })}`;
    while (next !== null && found.length < limit) {
      const page: z.infer<typeof ReleaseList> = await this.deployer.get(next, ReleaseList);
      found.push(...page.releases);
      next = page.next;
    }
    return found.slice(0, limit);
  }

  /** By id, or as `provider/game` or `provider/game@version`: then the one under way, else the last one. */
  async find(name: string): Promise<ReleaseView> {
    if (ReleaseId.safeParse(name).success) return this.one(name);
    const [, provider, game, version] = /^([a-z0-9-]+)\/([a-z0-9-]+)(?:@(.+))?$/.exec(name) ?? [];
    if (!provider || !game)
      throw new Error(
        `${name} is no rollout. Name it by its id, or as acme/slots or acme/slots@1.4.0; rollouts ls lists them.`,
      );
    const releases = await this.list({ provider, game, version }, PAGE);
    const found =
      releases.find((release) => release.status !== 'queued' && !hasEnded(release)) ??
      releases.find((release) => !hasEnded(release)) ??
      releases[0];
    if (!found) throw new Error(`${name} has no releases.`);
    return found;
  }

  one(id: string): Promise<ReleaseView> {
    return this.deployer.get(`/v1/releases/${id}`, ReleaseView);
  }

  analysis(id: string): Promise<ReleaseAnalysis> {
    return this.deployer.get(`/v1/releases/${id}/analysis`, ReleaseAnalysis);
  }

  /** All entries after a sequence. */
  async timeline(id: string, after = 0): Promise<TimelineEntry[]> {
    const entries: TimelineEntry[] = [];
    for (;;) {
      const from = entries.at(-1)?.sequence ?? after;
      const query = queryOf({ after: String(from), limit: String(TIMELINE_PAGE) });
      const page = await this.deployer.get(`/v1/releases/${id}/timeline${query}`, Timeline);
      entries.push(...page.entries);
      if (page.entries.length < TIMELINE_PAGE) return entries;
    }
  }

  command(id: string, command: string, order: object): Promise<ReleaseView> {
    return this.deployer.postOnce(`/v1/releases/${id}/${command}`, order, ReleaseView);
  }
}

import { Injectable } from '@nestjs/common';
import { ReleaseId } from '@croupier/contracts';
import { found, ResourceFinder, type Asked, type Resource } from '@croupier/service-kit';
import { ReleaseRepository } from './release-repository';

/** The subject of the release that the path names. */
@Injectable()
export class ReleaseResource extends ResourceFinder {
  constructor(private readonly releases: ReleaseRepository) {
    super();
  }

  async find({ params }: Asked): Promise<Resource | null> {
    const id = ReleaseId.safeParse((params as { id?: unknown }).id);
    const release = id.success ? await this.releases.find(id.data) : null;
    return release ? { subject: `${release.provider}/${release.game}`, markets: null } : null;
  }
}

/** What a route is about whose path names a release. */
export const OF_RELEASE = found('the release', ReleaseResource);

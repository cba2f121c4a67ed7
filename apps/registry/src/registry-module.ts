import { Module } from '@nestjs/common';
import { AnnouncementConsumer } from './artifacts/announcement-consumer';
import { ArtifactFetcher } from './artifacts/artifact-fetcher';
import { ArtifactRegistration } from './artifacts/artifact-registration';
import { RejectionRepository } from './artifacts/rejection-repository';
import { CatalogController } from './catalog/catalog-controller';
import { CatalogRepository } from './catalog/catalog-repository';
import { PoolConsumer } from './pools/pool-consumer';
import { PoolRepository } from './pools/pool-repository';
import { ManifestReader } from './versions/manifest-reader';
import { VersionController } from './versions/version-controller';
import { VersionRepository } from './versions/version-repository';

@Module({
  controllers: [AnnouncementConsumer, CatalogController, PoolConsumer, VersionController],
  providers: [
    ArtifactFetcher,
    ArtifactRegistration,
    CatalogRepository,
    ManifestReader,
    PoolRepository,
    RejectionRepository,
    VersionRepository,
  ],
})
export class RegistryModule {}

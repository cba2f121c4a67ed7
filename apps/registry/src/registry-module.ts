import { Module } from '@nestjs/common';
import { Environment } from '@croupier/service-kit';
import { AnnouncementConsumer } from './artifacts/announcement-consumer';
import { ArtifactConfig } from './artifacts/artifact-config';
import { ArtifactController } from './artifacts/artifact-controller';
import { ArtifactFetcher } from './artifacts/artifact-fetcher';
import { ArtifactRecords } from './artifacts/artifact-records';
import { ArtifactRegistration } from './artifacts/artifact-registration';
import { ArtifactSources } from './artifacts/artifact-sources';
import { ArtifactRecheck } from './artifacts/rechecks/artifact-recheck';
import { RejectionController } from './artifacts/rejections/rejection-controller';
import { RejectionRepository } from './artifacts/rejections/rejection-repository';
import { CatalogController } from './catalog/catalog-controller';
import { CatalogRepository } from './catalog/catalog-repository';
import { PoolConsumer } from './pools/pool-consumer';
import { PoolRepository } from './pools/pool-repository';
import { ManifestReader } from './versions/manifest-reader';
import { VersionController } from './versions/version-controller';
import { VersionRepository } from './versions/version-repository';

@Module({
  controllers: [
    AnnouncementConsumer,
    ArtifactController,
    CatalogController,
    PoolConsumer,
    RejectionController,
    VersionController,
  ],
  providers: [
    {
      provide: ArtifactConfig,
      useFactory: (environment: Environment) => new ArtifactConfig(environment),
      inject: [Environment],
    },
    ArtifactFetcher,
    ArtifactRecheck,
    ArtifactRecords,
    ArtifactRegistration,
    ArtifactSources,
    CatalogRepository,
    ManifestReader,
    PoolRepository,
    RejectionRepository,
    VersionRepository,
  ],
})
export class RegistryModule {}

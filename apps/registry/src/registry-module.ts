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
import { CertificateConsumer } from './certifications/certificate-consumer';
import { CertificateController } from './certifications/certificate-controller';
import { CertificateRepository } from './certifications/certificate-repository';
import { CertificationService } from './certifications/certification-service';
import { ExpiryWarnings } from './certifications/expiry-warnings';
import { ClearanceFacts } from './clearance/clearance-facts';
import { ClearanceHistoryController } from './clearance/clearance-history';
import { ClearanceReview } from './clearance/clearance-review';
import { ClearanceSweep } from './clearance/clearance-sweep';
import { Clock, SystemClock } from './clock';
import { DisablementConsumer } from './disablements/disablement-consumer';
import { DisablementController } from './disablements/disablement-controller';
import { DisablementRepository } from './disablements/disablement-repository';
import { EligibilityController } from './eligibility/eligibility-controller';
import { EligibilityFacts } from './eligibility/eligibility-facts';
import { ImpactController } from './impact/impact-controller';
import { ImpactReader } from './impact/impact-reader';
import { MarketController } from './markets/market-controller';
import { MarketRules } from './markets/market-rules';
import { PoolConsumer } from './pools/pool-consumer';
import { PoolHistory } from './pools/pool-history';
import { TrafficRepository } from './pools/traffic-repository';
import { WhereaboutsController } from './pools/whereabouts-controller';
import { WhereaboutsRepository } from './pools/whereabouts-repository';
import { RegistryConfig } from './registry-config';
import { RevocationConsumer } from './revocations/revocation-consumer';
import { RevocationController } from './revocations/revocation-controller';
import { RevocationRepository } from './revocations/revocation-repository';
import { RevocationService } from './revocations/revocation-service';
import { VersioningController } from './versioning/versioning-controller';
import { VersioningSchemes } from './versioning/versioning-schemes';
import { ManifestReader } from './versions/manifest-reader';
import { VersionController } from './versions/version-controller';
import { VersionEntry } from './versions/version-entry';
import { VersionRepository } from './versions/version-repository';
import { VersionSearchController } from './versions/version-search-controller';

@Module({
  controllers: [
    AnnouncementConsumer,
    ArtifactController,
    CatalogController,
    CertificateConsumer,
    CertificateController,
    ClearanceHistoryController,
    DisablementConsumer,
    DisablementController,
    EligibilityController,
    ImpactController,
    MarketController,
    PoolConsumer,
    RejectionController,
    RevocationConsumer,
    RevocationController,
    VersionController,
    VersioningController,
    VersionSearchController,
    WhereaboutsController,
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
    CertificateRepository,
    CertificationService,
    ClearanceFacts,
    ClearanceReview,
    ClearanceSweep,
    { provide: Clock, useClass: SystemClock },
    DisablementRepository,
    EligibilityFacts,
    ExpiryWarnings,
    ImpactReader,
    ManifestReader,
    MarketRules,
    PoolHistory,
    {
      provide: RegistryConfig,
      useFactory: (environment: Environment) => new RegistryConfig(environment),
      inject: [Environment],
    },
    RejectionRepository,
    RevocationRepository,
    RevocationService,
    TrafficRepository,
    VersionEntry,
    VersionRepository,
    VersioningSchemes,
    WhereaboutsRepository,
  ],
})
export class RegistryModule {}

export { canonicalJson, sha256 } from './canonical';
export { ChainWalk } from './chain-walk';
export { ExportVerification } from './export-verification';
export { AuditSigner, keyIdOf, pemOf, TrustedKeys } from './keys';
export { GENESIS, hashOf, linked, type Linked } from './record';
export { contentDigestOf, verifyReport, type ReportFault, type ReportVerification } from './service-report';

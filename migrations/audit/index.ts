import { AuditTrail1763900108000 } from './1763900108000-audit-trail';
import { YearsOfRecords1763900116000 } from './1763900116000-years-of-records';

export const auditMigrations = [AuditTrail1763900108000, YearsOfRecords1763900116000];

import type { CertificateState, CertificateView } from '@croupier/contracts';
import type { CertificateRecord } from './certificate-repository';

export function certificateView(record: CertificateRecord, now: Date): CertificateView {
  const { certificate, validFrom, validTo, withdrawnAt, withdrawnBy, withdrawnReason, ...rest } = record;
  return {
    ...rest,
    certificate: certificate === '' ? null : certificate,
    validFrom: validFrom.toISOString(),
    validTo: validTo?.toISOString() ?? null,
    state: stateOf(record, now),
    withdrawn: withdrawnAt && {
      author: withdrawnBy ?? '',
      reason: withdrawnReason ?? '',
      at: withdrawnAt.toISOString(),
    },
  };
}

function stateOf({ withdrawnAt, validFrom, validTo }: CertificateRecord, now: Date): CertificateState {
  if (withdrawnAt !== null) return 'withdrawn';
  if (validFrom > now) return 'not-yet-valid';
  return validTo !== null && validTo <= now ? 'expired' : 'in-force';
}

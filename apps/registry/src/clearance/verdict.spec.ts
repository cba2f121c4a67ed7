import {
  clearedMarkets,
  nextChangeAt,
  verdictOf,
  type CertifiableVersion,
  type Certificate,
} from './verdict';

const NOW = new Date('2025-06-01T00:00:00Z');
const EARLIER = new Date('2025-01-01T00:00:00Z');
const LATER = new Date('2026-01-01T00:00:00Z');

function certificate(change: Partial<Certificate> = {}): Certificate {
  return {
    market: 'SE',
    certificate: 'GLI-1',
    laboratory: 'GLI',
    digest: null,
    rtp: null,
    validFrom: EARLIER,
    validTo: null,
    withdrawnAt: null,
    ...change,
  };
}

function version(change: Partial<CertifiableVersion> = {}): CertifiableVersion {
  return {
    kind: 'game',
    digest: 'd'.repeat(64),
    markets: ['SE', 'MT'],
    rtpVariants: [],
    revokedBecause: null,
    certificates: [],
    disablements: [],
    ...change,
  };
}

const codes = (one: CertifiableVersion, certification: 'required' | 'declared' = 'required', market = 'SE') =>
  verdictOf(one, market, certification, NOW).grounds.map(({ code }) => code);

describe('verdictOf', () => {
  it.each<[string, CertifiableVersion, string[]]>([
    ['lacks a certificate', version(), ['not-certified']],
    [
      'has one of another market',
      version({ certificates: [certificate({ market: 'MT' })] }),
      ['not-certified'],
    ],
    ['has one', version({ certificates: [certificate()] }), []],
    [
      'has one that ends at this moment',
      version({ certificates: [certificate({ validTo: NOW })] }),
      ['expired'],
    ],
    ['has one that begins at this moment', version({ certificates: [certificate({ validFrom: NOW })] }), []],
    [
      'has one that begins later',
      version({ certificates: [certificate({ validFrom: LATER })] }),
      ['not-yet-valid'],
    ],
    [
      'has one that was withdrawn',
      version({ certificates: [certificate({ withdrawnAt: EARLIER })] }),
      ['withdrawn'],
    ],
    [
      'has one of another digest',
      version({ certificates: [certificate({ digest: 'e'.repeat(64) })] }),
      ['other-digest'],
    ],
    ['has one of its digest', version({ certificates: [certificate({ digest: 'd'.repeat(64) })] }), []],
    [
      'has one of a return that it does not have',
      version({ rtpVariants: [94], certificates: [certificate({ rtp: 96 })] }),
      ['other-rtp'],
    ],
    [
      'has one of a return, and does not say which it has',
      version({ certificates: [certificate({ rtp: 96 })] }),
      [],
    ],
    [
      'has one that holds beside others that do not',
      version({ certificates: [certificate({ validTo: EARLIER }), certificate({ certificate: 'GLI-2' })] }),
      [],
    ],
    ['is a module', version({ kind: 'module' }), []],
  ])('of a version that %s, where a certificate is required', (_, one, expected) => {
    expect(codes(one)).toEqual(expected);
  });

  it('takes the word of the manifest where that is enough', () => {
    expect(codes(version(), 'declared')).toEqual([]);
    expect(codes(version(), 'declared', 'DE')).toEqual(['market-not-supported']);
  });

  it('lets nothing outweigh a revocation, and no certificate a disablement', () => {
    const certificates = [certificate()];
    expect(codes(version({ certificates, revokedBecause: 'bad' }))).toEqual(['revoked']);
    expect(codes(version({ certificates, disablements: [{ markets: null, reason: 'x' }] }))).toEqual([
      'disabled',
    ]);
    expect(codes(version({ certificates, disablements: [{ markets: ['MT'], reason: 'x' }] }))).toEqual([]);
  });

  it('names the certificate that holds longest', () => {
    const certificates = [
      certificate({ validTo: LATER }),
      certificate({ certificate: 'GLI-2' }),
      certificate({ certificate: 'GLI-3', validTo: EARLIER }),
    ];
    expect(verdictOf(version({ certificates }), 'SE', 'required', NOW).certificate?.certificate).toBe(
      'GLI-2',
    );
  });
});

describe('clearedMarkets', () => {
  it('are those without a ground against them, in order', () => {
    const one = version({ certificates: [certificate()] });
    const verdicts = one.markets.map((market) => verdictOf(one, market, 'required', NOW));
    expect(clearedMarkets(verdicts)).toEqual(['SE']);
  });
});

describe('nextChangeAt', () => {
  it('is the next beginning or end of a certificate that counts', () => {
    const certificates = [
      certificate({ validFrom: EARLIER, validTo: LATER }),
      certificate({ validFrom: new Date('2025-07-01T00:00:00Z'), validTo: null }),
      certificate({ validFrom: new Date('2025-06-02T00:00:00Z'), withdrawnAt: EARLIER }),
    ];
    expect(nextChangeAt(version({ certificates }), NOW)).toEqual(new Date('2025-07-01T00:00:00Z'));
    expect(nextChangeAt(version({ certificates: [certificate()] }), NOW)).toBeNull();
  });
});

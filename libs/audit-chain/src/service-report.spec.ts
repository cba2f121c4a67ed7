import { generateKeyPairSync } from 'node:crypto';
import type { ServiceReport } from '@croupier/contracts';
import { canonicalJson } from './canonical';
import { AuditSigner, TrustedKeys } from './keys';
import { contentDigestOf, verifyReport } from './service-report';

function newSigner(): AuditSigner {
  const { privateKey } = generateKeyPairSync('ed25519');
  return AuditSigner.of(privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'));
}

const signer = newSigner();
const keys = new TrustedKeys([signer.publicKey]);

function signed(by = signer, madeAt = '2026-04-02T00:00:00Z'): ServiceReport {
  const content = {
    ...{ provider: 'acme', game: 'slots', market: 'MT', recordsSince: null, intervals: [] },
    ...{ from: '2026-03-01T00:00:00Z', to: '2026-04-01T00:00:00Z' },
  };
  return by.sign({ ...content, contentDigest: contentDigestOf(content), madeAt });
}

const faultsOf = (text: string) => verifyReport(text, keys).faults.map(({ kind }) => kind);

describe('a service report', () => {
  it('verifies as it was sent, with a line end or without', () => {
    const text = canonicalJson(signed());
    expect(verifyReport(text, keys)).toMatchObject({ verified: true, report: { game: 'slots' } });
    expect(faultsOf(`${text}\n`)).toEqual([]);
  });

  it('has one digest for the same facts, whenever it is made', () => {
    const [one, other] = [signed(), signed(newSigner(), '2026-05-01T00:00:00Z')];
    expect(other.contentDigest).toBe(one.contentDigest);
    expect(other.signature).not.toBe(one.signature);
  });

  it.each([
    ['another market', (text: string) => text.replace('"MT"', '"SE"'), 'bad-signature'],
    ['another time', (text: string) => text.replace('2026-04-02', '2026-04-03'), 'bad-signature'],
    ['a name that is there twice', (text: string) => text.replace('{', '{"game":"poker",'), 'malformed'],
    ['a name that nobody signed', (text: string) => text.replace('{', '{"aa":1,'), 'bad-signature'],
    ['no report', () => 'minutes of a meeting', 'malformed'],
    ['another JSON', () => '[]', 'malformed'],
  ])('does not verify with %s', (_, edit, fault) => {
    expect(faultsOf(edit(canonicalJson(signed())))).toEqual([fault]);
  });

  it('does not verify when somebody else signed it, or signed another digest', () => {
    expect(faultsOf(canonicalJson(signed(newSigner())))).toEqual(['unknown-key']);
    const { keyId: _, signature: __, ...content } = signed();
    const lying = signer.sign({ ...content, contentDigest: '0'.repeat(64) });
    expect(faultsOf(canonicalJson(lying))).toEqual(['edited']);
  });
});

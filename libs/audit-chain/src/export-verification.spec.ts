import { generateKeyPairSync } from 'node:crypto';
import type { AuditManifest, AuditRecord, ChainReport } from '@croupier/contracts';
import fc from 'fast-check';
import { canonicalJson } from './canonical';
import { ExportVerification } from './export-verification';
import { AuditSigner, TrustedKeys } from './keys';
import { GENESIS, hashOf, linked } from './record';

const signer = newSigner();
const keys = new TrustedKeys([signer.publicKey]);

function newSigner(): AuditSigner {
  const { privateKey } = generateKeyPairSync('ed25519');
  return AuditSigner.of(privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'));
}

/** A chain of records with these contents, whose first has the sequence `offset + 1`. */
function chain(contents: readonly fc.JsonValue[], offset = 0): AuditRecord[] {
  let head = { ...GENESIS, sequence: offset };
  return contents.map((after, index) => {
    const { record } = linked(head, {
      tenant: 'acme',
      service: 'deployer',
      actor: 'ann@example.com',
      authentication: null,
      action: 'policy.changed',
      object: { type: 'policy', id: `p${index}` },
      at: '2026-03-01T12:00:00.000Z',
      reason: 'because',
      before: null,
      after: after as AuditRecord['after'],
      requestId: null,
      traceId: null,
      id: `e${index}`,
      recordedAt: '2026-03-01T12:00:01.000Z',
    });
    head = record;
    return record;
  });
}

function exportOf(records: readonly AuditRecord[], by = signer): string[] {
  const [first, last] = [records[0]!, records.at(-1)!];
  const point = ({ sequence, hash }: AuditRecord) => ({ sequence, hash });
  const manifest: AuditManifest = by.sign({
    kind: 'manifest' as const,
    tenant: 'acme',
    from: null,
    to: null,
    count: records.length,
    before: { sequence: first.sequence - 1, hash: first.previousHash },
    first: point(first),
    last: point(last),
    exportedAt: '2026-03-02T00:00:00.000Z',
  });
  return [...records, manifest].map(canonicalJson);
}

function verified(lines: readonly string[]): ChainReport {
  const verification = new ExportVerification(keys);
  for (const line of lines) verification.take(line);
  return verification.report();
}

const contents = fc.array(fc.jsonValue(), { minLength: 1, maxLength: 8 });
const exported = fc.tuple(contents, fc.nat(1000)).map(([values, offset]) => exportOf(chain(values, offset)));

describe('an export of the audit trail', () => {
  it('verifies as it was made, from whatever record on', () => {
    fc.assert(
      fc.property(exported, (lines) => expect(verified(lines)).toMatchObject({ verified: true, faults: [] })),
    );
  });

  it('does not verify when any character of it is another', () => {
    fc.assert(
      fc.property(
        exported,
        fc.nat(),
        fc.nat(),
        fc.string({ minLength: 1, maxLength: 1 }),
        (lines, l, c, other) => {
          const line = l % lines.length;
          const text = lines[line]!;
          const at = c % text.length;
          fc.pre(text[at] !== other);
          const edited = lines.with(line, text.slice(0, at) + other + text.slice(at + 1));
          const report = verified(edited);
          expect(report.verified).toBe(false);
          expect(report.faults.some((fault) => fault.line !== null && fault.line >= line + 1)).toBe(true);
        },
      ),
    );
  });

  it('does not verify when its signature is written in another way', () => {
    const lines = exportOf(chain(['a']));
    const written = (lines.at(-1)!.match(/"signature":"([^"]+)=="/) as RegExpMatchArray)[1]!;
    const others = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/']
      .map((last) => written.slice(0, -1) + last)
      .filter((other) => other !== written);
    const edited = others.map((other) => lines.with(-1, lines.at(-1)!.replace(written, other)));
    expect(edited.map((each) => verified(each).verified)).not.toContain(true);
  });

  it('does not verify without any one of its lines', () => {
    fc.assert(
      fc.property(exported, fc.nat(), (lines, pick) => {
        expect(verified(lines.toSpliced(pick % lines.length, 1)).verified).toBe(false);
      }),
    );
  });

  it('does not verify with a line twice, or one more', () => {
    fc.assert(
      fc.property(exported, fc.nat(), fc.nat(), (lines, from, to) => {
        const line = lines[from % lines.length]!;
        expect(verified(lines.toSpliced(to % (lines.length + 1), 0, line)).verified).toBe(false);
      }),
    );
  });

  it('does not verify with two lines swapped', () => {
    fc.assert(
      fc.property(exported, fc.nat(), fc.nat(), (lines, a, b) => {
        const [one, other] = [a % lines.length, b % lines.length];
        fc.pre(one !== other);
        expect(verified(lines.with(one, lines[other]!).with(other, lines[one]!)).verified).toBe(false);
      }),
    );
  });

  it('does not verify when it ends early', () => {
    fc.assert(
      fc.property(exported, fc.nat(), (lines, length) => {
        const report = verified(lines.slice(0, length % lines.length));
        expect(report.faults.at(-1)).toMatchObject({ kind: 'truncated' });
      }),
    );
  });

  it('does not verify when an edited chain was made to fit and nobody could sign it', () => {
    fc.assert(
      fc.property(contents, fc.nat(), (values, pick) => {
        const honest = exportOf(chain(values));
        const forged = exportOf(chain(values.with(pick % values.length, 'forged')));
        fc.pre(honest[0] !== forged[0] || honest.join() !== forged.join());
        expect(verified([...forged.slice(0, -1), honest.at(-1)!]).verified).toBe(false);
        const bySomebody = exportOf(chain(values), newSigner());
        expect(verified(bySomebody).faults).toMatchObject([{ kind: 'unknown-key' }]);
      }),
      { numRuns: 30 },
    );
  });

  it('says where', () => {
    const records = chain(['a', 'b', 'c', 'd']);
    const lines = exportOf(records);
    const edited = { ...records[1]!, actor: 'mallory' };
    expect(verified(lines.with(1, canonicalJson(edited))).faults).toMatchObject([
      { kind: 'edited', sequence: 2, line: 2 },
    ]);
    const rehashed = { ...edited, hash: hashOf(edited) };
    expect(verified(lines.with(1, canonicalJson(rehashed))).faults).toMatchObject([
      { kind: 'unlinked', sequence: 3, line: 3 },
    ]);
    expect(verified(lines.toSpliced(1, 1)).faults).toMatchObject([
      { kind: 'gap', sequence: 3, line: 2 },
      { kind: 'truncated' },
    ]);
    const twice = lines[1]!.replace('{', '{"actor":"mallory",');
    expect(verified(lines.with(1, twice)).faults).toMatchObject([
      { kind: 'malformed', sequence: 2, line: 2 },
    ]);
  });
});

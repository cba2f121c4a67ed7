import { namesHost, ociReference } from './oci-reference';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('a reference to an OCI artifact', () => {
  it.each([
    [`oci://registry.example.com/acme/slots@${DIGEST}`, 'registry.example.com', 'acme/slots', null, DIGEST],
    ['oci://127.0.0.1:5000/slots:1.0.0', '127.0.0.1:5000', 'slots', '1.0.0', null],
    [
      'Registry.example.com/platform/wallet:1.4.0_rc.1',
      'registry.example.com',
      'platform/wallet',
      '1.4.0_rc.1',
      null,
    ],
    [`registry.example.com/a/b_c/d--e:x@${DIGEST}`, 'registry.example.com', 'a/b_c/d--e', 'x', DIGEST],
  ])('reads %s', (text, host, repository, tag, digest) => {
    expect(ociReference(text)).toEqual({ host, repository, tag, digest });
  });

  it.each([
    ['neither tag nor digest', 'registry.example.com/acme/slots'],
    ['no repository', 'registry.example.com:1.0.0'],
    ['a digest by another algorithm', `registry.example.com/slots@sha512:${'a'.repeat(128)}`],
    ['a digest by a weak algorithm', `registry.example.com/slots@md5:${'a'.repeat(32)}`],
    [
      'the name of one algorithm and the length of another',
      `registry.example.com/slots@sha256:${'a'.repeat(40)}`,
    ],
    ['a digest in capitals', `registry.example.com/slots@sha256:${'A'.repeat(64)}`],
    ['two digests', `registry.example.com/slots@${DIGEST}@${DIGEST}`],
    ['a path that climbs', 'registry.example.com/../v2/secrets:1'],
    ['credentials', 'user:secret@registry.example.com/slots:1'],
    ['a query', 'registry.example.com/slots?x=1:1'],
    ['capitals in the repository', 'registry.example.com/Slots:1'],
    ['a tag with a slash', 'registry.example.com/slots:1/2'],
  ])('does not take %s', (_, text) => {
    expect(ociReference(text)).toBeNull();
  });

  it('tells a host from the name of a repository as Docker does', () => {
    expect(['registry.example.com/x:1', 'localhost/x:1', 'registry:5000/x'].map(namesHost)).toEqual([
      true,
      true,
      true,
    ]);
    expect(['modules/platform/wallet:1.4.0', 'wallet:1.4.0'].map(namesHost)).toEqual([false, false]);
  });
});

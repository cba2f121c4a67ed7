import { generateKeyPairSync } from 'node:crypto';
import { ArtifactConfig } from './artifact-config';

const { publicKey } = generateKeyPairSync('ed25519');
const PEM = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const sources = (value: object): Record<string, string> => ({ ARTIFACT_SOURCES: JSON.stringify(value) });

describe('the configuration of artifacts', () => {
  it('lets nothing inside be reached, and asks nobody for a signature, unless it says so', () => {
    const config = new ArtifactConfig({});
    expect(config.addresses.refusal('localhost', '127.0.0.1', 'https:')).not.toBeNull();
    expect(config.keysOf('acme')).toBeNull();
    expect(config.repositories).toEqual([]);
  });

  it('knows the keys of those who have to sign', () => {
    const config = new ArtifactConfig(
      sources({ providers: { acme: { signatures: 'required', keys: [PEM] }, beta: { signatures: 'off' } } }),
    );
    expect(config.keysOf('acme')?.map((key) => key.equals(publicKey))).toEqual([true]);
    expect(config.keysOf('beta')).toBeNull();
    expect(config.keysOf('constructor')).toBeNull();
  });

  it.each([
    ['ARTIFACT_INTERNAL_HOSTS', { ARTIFACT_INTERNAL_HOSTS: '10.0.0.0/99' }, /10\.0\.0\.0\/99/],
    ['ARTIFACT_SOURCES', { ARTIFACT_SOURCES: '{"password":"secret' }, /is not JSON$/],
    ['ARTIFACT_SOURCES_FILE', { ARTIFACT_SOURCES_FILE: '/nowhere/sources.json' }, /cannot be read/],
    ['both', { ARTIFACT_SOURCES: '{}', ARTIFACT_SOURCES_FILE: '/x' }, /not both/],
    [
      'a repository',
      sources({ repositories: [{ kind: 'oci', host: 'https://x', password: 'secret' }] }),
      /repositories\.0\.host/,
    ],
    [
      'a key',
      sources({ providers: { acme: { signatures: 'required', keys: ['secret'] } } }),
      /public key in PEM/,
    ],
    ['the keys', sources({ providers: { acme: { signatures: 'required' } } }), /are needed/],
  ])('says what is wrong with %s, and quotes no secret', (_, environment, why) => {
    expect(() => new ArtifactConfig(environment)).toThrow(why);
    expect(() => new ArtifactConfig(environment)).not.toThrow(/secret/);
  });
});

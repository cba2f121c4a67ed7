import * as fc from 'fast-check';
import { registered } from '@croupier/testing';
import { subjectName, versionName } from './workload-name';

const manifestOf = (provider: string, game: string, version: string) => {
  const { manifest } = registered(game, version, 'http://games.test').data;
  return { manifest: { ...manifest, provider } };
};

const slug = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/);
const semVer = fc.stringMatching(/^[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{1,2}(-[a-z]{1,3}[.-][0-9]{1,2})?$/);

describe('the name of a workload', () => {
  it('is what a reader expects in the plain case', () => {
    expect(subjectName(manifestOf('acme', 'lucky-sevens', '1.2.0'))).toBe('acme-lucky-sevens');
    expect(versionName(manifestOf('acme', 'lucky-sevens', '1.2.0'))).toBe('acme-lucky-sevens-1-2-0');
  });

  it('is a DNS label that Helm takes, whatever the names are', () => {
    fc.assert(
      fc.property(slug, slug, semVer, (provider, game, version) => {
        for (const name of [subjectName, versionName])
          expect(name(manifestOf(provider, game, version))).toMatch(/^[a-z0-9]([a-z0-9-]{0,51}[a-z0-9])?$/);
      }),
    );
  });

  it('is not shared', () => {
    expect(subjectName(manifestOf('a-b', 'c', '1.0.0'))).not.toBe(
      subjectName(manifestOf('a', 'b-c', '1.0.0')),
    );
    expect(versionName(manifestOf('a', 'b', '1.0.0-rc.1'))).not.toBe(
      versionName(manifestOf('a', 'b', '1.0.0-rc-1')),
    );
  });
});

import fc from 'fast-check';
import { distinctSchemaName, plainSchemaName } from './schema-name';

const slugs = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/);

describe('the schema of a module', () => {
  it('is named after provider and game', () => {
    expect(plainSchemaName('acme', 'slots')).toBe('module_acme_slots');
    expect(plainSchemaName('acme-labs', 'mega-slots')).toBe('module_acme_labs_mega_slots');
  });

  it('has no plain name when that is longer than PostgreSQL keeps', () => {
    expect(plainSchemaName('a'.repeat(40), 'b'.repeat(40))).toBeUndefined();
  });

  it('has a distinct name where two subjects would share the plain one', () => {
    expect(plainSchemaName('a-b', 'c')).toBe(plainSchemaName('a', 'b-c'));
    expect(distinctSchemaName('a-b', 'c')).not.toBe(distinctSchemaName('a', 'b-c'));
  });

  it('is an identifier that needs no quotes and is kept whole', () => {
    fc.assert(
      fc.property(slugs, slugs, (provider, game) => {
        expect(distinctSchemaName(provider, game)).toMatch(/^[a-z_][a-z0-9_]{0,62}$/);
        expect(plainSchemaName(provider, game) ?? 'm').toMatch(/^[a-z_][a-z0-9_]{0,62}$/);
      }),
    );
  });
});

import type { Toggle } from '../toggles/toggle';
import { clientFeatures } from './client-features';

const AT = new Date('2026-01-01T00:00:00Z');

describe('the features as an Unleash SDK reads them', () => {
  it('gives each flag the default strategy, which is on for everybody', () => {
    expect(JSON.parse(clientFeatures([flag('bonus', true)], {}).body)).toMatchObject({
      version: 2,
      features: [
        {
          name: 'bonus',
          enabled: true,
          strategies: [{ name: 'default', parameters: {} }],
          variants: [],
          project: 'default',
        },
      ],
    });
  });

  it('repeats the query it answers', () => {
    const { body } = clientFeatures([], { namePrefix: 'slots-' });
    expect(JSON.parse(body)).toMatchObject({ query: { namePrefix: 'slots-' } });
  });

  it('has another entity tag once a flag is switched, and the old one when it is switched back', () => {
    const off = clientFeatures([flag('bonus', false)], {}).etag;
    expect(clientFeatures([flag('bonus', true)], {}).etag).not.toBe(off);
    expect(clientFeatures([flag('bonus', false)], {}).etag).toBe(off);
  });
});

function flag(name: string, enabled: boolean): Toggle {
  return { name, enabled, createdAt: AT, updatedAt: AT };
}

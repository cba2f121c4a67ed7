import * as fc from 'fast-check';
import { parse } from 'yaml';
import { slotsOf, withSlots } from './values-text';

const TEXT = `# Slots of acme. Ask the games team before you edit.
image:   { repository: registry.example/acme/slots }   # no tag here
slots:
  blue:
    tag: 1.0.0      # what most players get
    weight: 100
  'green':
      tag: ""       # free

      weight: 0
resources: {limits: {memory:   128Mi}}
`;

describe('the text of a values.yaml', () => {
  it('tells what is in its slots', () => {
    expect(slotsOf(TEXT)).toEqual([
      { name: 'blue', tag: '1.0.0', weight: 100 },
      { name: 'green', tag: '', weight: 0 },
    ]);
  });

  it('changes in the tag and the weights that are set, and in no other byte', () => {
    const changed = withSlots(TEXT, [
      { name: 'green', tag: '1.1.0', weight: 5 },
      { name: 'blue', weight: 95 },
    ]);
    expect(changed).toBe(
      TEXT.replace('tag: ""', 'tag: "1.1.0"').replace('weight: 0', 'weight: 5').replace('100', '95'),
    );
  });

  it('is as before when all is set back', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[0-9]{1,2}\.[0-9]{1,2}(\.[0-9]{1,2})?(-rc\.[0-9])?$/),
        fc.integer({ min: 0, max: 100 }),
        (tag, weight) => {
          const changed = withSlots(TEXT, [{ name: 'blue', tag, weight }]);
          expect(slotsOf(changed)[0]).toEqual({ name: 'blue', tag, weight });
          expect((parse(changed) as { slots: { blue: object } }).slots.blue).toEqual({ tag, weight });
          const back = withSlots(changed, [{ name: 'blue', tag: '1.0.0', weight: 100 }]);
          expect(slotsOf(back)).toEqual(slotsOf(TEXT));
        },
      ),
    );
  });

  it('fills a tag that has no value yet', () => {
    expect(withSlots('slots:\n  blue:\n    tag:\n', [{ name: 'blue', tag: '1.1.0' }])).toBe(
      'slots:\n  blue:\n    tag: 1.1.0\n',
    );
  });

  it.each([
    ['a slot that is not there', 'slots: {blue: {tag: a}}', /no slots.red.tag/],
    ['no YAML', 'slots: {blue: [', /no YAML/],
  ])('is refused with %s', (_, text, message) => {
    expect(() => withSlots(text, [{ name: 'red', tag: '1.0.0' }])).toThrow(message);
  });

  it('is refused without slots', () => {
    expect(() => slotsOf('image: {tag: 1.0.0}')).toThrow(/no map slots/);
  });
});

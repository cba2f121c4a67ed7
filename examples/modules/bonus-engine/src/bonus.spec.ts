import { BONUS_ROUND, bonusFor, type Flags } from './bonus';

const flags = (isOn: boolean, value?: string): Flags => ({
  isEnabled: (name) => isOn && name === BONUS_ROUND,
  getVariant: () => (value === undefined ? { enabled: false } : { enabled: true, payload: { value } }),
});

describe('the bonus engine', () => {
  it('gives nothing while the flag is off', () => {
    expect(bonusFor('ann', 1_000, flags(false, '50'))).toBe(0);
  });

  it('gives the usual share, or that of the variant', () => {
    expect(bonusFor('ann', 1_000, flags(true))).toBe(100);
    expect(bonusFor('ann', 1_000, flags(true, '25'))).toBe(250);
  });

  it.each(['a lot', '-5', '10000', ''])('gives no more than usual for a share of %p', (value) => {
    expect(bonusFor('ann', 1_000, flags(true, value))).toBeLessThanOrEqual(100);
  });
});

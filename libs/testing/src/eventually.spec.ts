import { eventually } from './eventually';

describe('eventually', () => {
  it('answers the first truthy value', async () => {
    let calls = 0;
    await expect(eventually(() => ++calls >= 3 && `after ${calls}`, { intervalMs: 1 })).resolves.toBe(
      'after 3',
    );
  });

  it('takes an error for not yet', async () => {
    let calls = 0;
    const condition = async (): Promise<boolean> => {
      if (++calls < 3) throw new Error('not yet');
      return true;
    };
    await expect(eventually(condition, { intervalMs: 1 })).resolves.toBe(true);
  });

  it('tells the last value when the time is over', async () => {
    await expect(eventually(() => 0, { timeoutMs: 5, intervalMs: 1 })).rejects.toThrow(
      'Not so within 5 ms; last value: 0',
    );
  });

  it('tells the last error when the time is over', async () => {
    const refused = Promise.reject(new Error('refused'));
    await expect(eventually(() => refused, { timeoutMs: 5, intervalMs: 1 })).rejects.toThrow(
      /last error: refused/,
    );
  });

  it('does not wait for a condition that never answers', async () => {
    await expect(eventually(() => new Promise<boolean>(() => undefined), { timeoutMs: 5 })).rejects.toThrow(
      /has not answered once/,
    );
  });
});

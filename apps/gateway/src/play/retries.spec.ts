import { Retries } from './retries';

describe('a request that failed', () => {
  it('is sent twice more at most, and only when it is idempotent and has no body', () => {
    const retries = new Retries();
    expect([1, 2, 3].map((attempt) => retries.pauseMs('GET', attempt) !== null)).toEqual([true, true, false]);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) expect(retries.pauseMs(method, 1)).toBeNull();
  });

  it('is not sent again when too many have failed, until others have succeeded', () => {
    const retries = new Retries();
    let sentAgain = 0;
    while (retries.pauseMs('GET', 1) !== null) sentAgain += 1;
    expect(sentAgain).toBe(50);
    for (let request = 0; request < 11; request += 1) retries.earn();
    expect(retries.pauseMs('GET', 1)).not.toBeNull();
    expect(retries.pauseMs('GET', 1)).toBeNull();
  });
});

import { PlaySession } from './session';

describe('a session', () => {
  const launch = { version: '1.0.0', playPath: '/play/acme/slots/', sessionToken: 't' };
  const start = (opening: number | null = 0) => new PlaySession('s1', 'ann', launch, 2, opening);

  it('deposits, spins and withdraws all there is', () => {
    const session = start();
    expect(session.next()).toEqual({
      action: 'deposit',
      body: { player: 'ann', idempotencyKey: 's1-0', amount: 1000 },
    });
    session.accept({ balance: 1000 });
    expect(session.next()).toEqual({
      action: 'spin',
      body: { player: 'ann', idempotencyKey: 's1-1', stake: 100 },
    });
    session.accept({ win: 0, balance: 900 });
    session.accept({ win: 500, balance: 1300 });
    expect(session.next()).toEqual({
      action: 'withdrawal',
      body: { player: 'ann', idempotencyKey: 's1-3', amount: 1300 },
    });
    expect(session.over).toBe(false);
    session.accept({ balance: 0 });
    expect(session).toMatchObject({ over: true, reconciles: true });
  });

  it('asks the step at hand under the same key until it is answered', () => {
    const session = start();
    expect(session.next()).toEqual(session.next());
  });

  it.each([
    ['a deposit booked twice', [{ balance: 2000 }]],
    ['a win not paid out', [{ balance: 1000 }, { win: 500, balance: 900 }]],
    ['a missing balance', [{}]],
  ])('does not reconcile after %s', (_name, answers) => {
    const session = start();
    for (const answer of answers) session.accept(answer);
    expect(session.reconciles).toBe(false);
  });

  it('withdraws also what an earlier session left behind', () => {
    const session = start(null);
    session.accept({ balance: 1700 });
    session.accept({ win: 0, balance: 1600 });
    session.accept({ win: 0, balance: 1500 });
    expect(session.next().body).toMatchObject({ amount: 1500 });
    expect(session.reconciles).toBe(true);
  });
});

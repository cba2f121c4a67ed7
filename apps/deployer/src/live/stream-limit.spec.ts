import { NEVER } from 'rxjs';
import { StreamLimit } from './stream-limit';

const MOST_STREAMS = 500;

describe('the limit of streams', () => {
  it('turns away one listener too many, and has room again when one leaves', () => {
    const limit = new StreamLimit();
    const [first] = Array.from({ length: MOST_STREAMS }, () => limit.within(NEVER).subscribe());
    expect(() => limit.within(NEVER)).toThrow('500 listeners');
    first!.unsubscribe();
    expect(() => limit.within(NEVER)).not.toThrow();
  });

  it('ends every stream with the service', () => {
    const limit = new StreamLimit();
    const listener = limit.within(NEVER).subscribe();
    limit.beforeApplicationShutdown();
    expect(listener.closed).toBe(true);
  });
});

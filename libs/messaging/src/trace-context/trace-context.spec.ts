import { trace } from '@opentelemetry/api';
import { activeTraceparent, inActiveTrace, parseTraceparent, traceparentOf } from './trace-context';
import { newEvent } from '../new-event';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const OTHER = '4bf92f3577b34da6a3ce929d0e0e4736';
const [ITS_OWN, UNDER_WAY] = ['b7ad6b7169203331', '00f067aa0ba902b7'].map(
  (span) => `00-${TRACE}-${span}-01`,
) as [string, string];

const change = { flag: 'reels', before: false, after: true, actor: 'ann', reason: 'a test' };
const event = (traceparent?: string) =>
  newEvent('flag.changed', change as never, { source: 'test', ...(traceparent ? { traceparent } : {}) });

function during(traceparent: string): void {
  const span = trace.wrapSpanContext(parseTraceparent(traceparent)!);
  jest.spyOn(trace, 'getActiveSpan').mockReturnValue(span);
}

describe('the trace of an event', () => {
  afterEach(() => jest.restoreAllMocks());

  it('is left as it is while no span is under way', () => {
    const told = event(ITS_OWN);
    expect(inActiveTrace(told)).toBe(told);
    expect(activeTraceparent()).toBeUndefined();
    expect(inActiveTrace(event())).not.toHaveProperty('traceparent');
  });

  it('goes on from the span under way', () => {
    during(UNDER_WAY);
    expect(traceparentOf(event(ITS_OWN))).toBe(UNDER_WAY);
    expect(inActiveTrace(event()).traceparent).toBe(UNDER_WAY);
  });

  it('is not changed by work that belongs to another trace', () => {
    during(`00-${OTHER}-00f067aa0ba902b7-01`);
    expect(inActiveTrace(event(ITS_OWN)).traceparent).toBe(ITS_OWN);
  });

  it.each([undefined, 'nonsense', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, `${ITS_OWN}-x`, [ITS_OWN]])(
    'cannot be read from %j',
    (text) => expect(parseTraceparent(text)).toBeUndefined(),
  );
});

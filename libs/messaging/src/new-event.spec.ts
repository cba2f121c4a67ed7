import { CloudEvent, EVENTS } from '@croupier/contracts';
import { newEvent } from './new-event';

const data = { flag: 'bonus', before: false, after: true, reason: 'promoted', releaseId: null };

describe('newEvent', () => {
  it('makes a CloudEvent of the current time with an id of its own', () => {
    const before = Date.now();
    const [one, two] = [1, 2].map(() => newEvent('flag.changed', data, { source: 'croupier/flags' }));

    expect(CloudEvent.parse(one)).toEqual(one);
    expect(EVENTS['flag.changed'].parse(one?.data)).toEqual(data);
    expect(Date.parse(one?.time ?? '')).toBeGreaterThanOrEqual(before);
    expect(one?.id).not.toBe(two?.id);
    expect(one).not.toHaveProperty('subject');
  });

  it('carries the subject, the trace and the id it is given', () => {
    const origin = {
      source: 'croupier/flags',
      subject: 'acme/slots',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      id: '6f1c0a0e-6d0c-4d5f-9d0f-3f1f5f3a2b10',
    };
    expect(newEvent('flag.changed', data, origin)).toMatchObject(origin);
  });
});

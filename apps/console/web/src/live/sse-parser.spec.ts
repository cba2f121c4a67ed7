import { SseParser } from './sse-parser';

describe('the reader of server-sent events', () => {
  it('reads events that come in pieces, and leaves out comments', () => {
    const parser = new SseParser();
    expect(parser.push('id: 7\nevent: time')).toEqual([]);
    expect(parser.push('line\ndata: {"a":\ndata: 1}\n\n: hello\n\ndata:x\n')).toEqual([
      { id: '7', type: 'timeline', data: '{"a":\n1}' },
    ]);
    expect(parser.push('\n')).toEqual([{ id: null, type: 'message', data: 'x' }]);
  });
});

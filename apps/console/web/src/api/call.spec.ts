import { curlOf } from './call';

describe('the curl line of a call', () => {
  it('says all but the token, and quotes what a shell would read', () => {
    const call = { method: 'POST', path: '/api/deployer/v1/x', body: { reason: "it's bad" } } as const;
    expect(curlOf(call, 'http://c')).toBe(
      `curl -sS -X POST 'http://c/api/deployer/v1/x' -H "authorization: Bearer $TOKEN" ` +
        `-H 'content-type: application/json' -d '{"reason":"it'\\''s bad"}'`,
    );
  });
});

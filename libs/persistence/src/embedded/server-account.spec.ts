import { nobodyIn } from './server-account';

describe('the account of the embedded server', () => {
  it('is nobody of /etc/passwd', () => {
    const passwd = 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65533:nobody:/:/bin/false\n';
    expect(nobodyIn(passwd)).toEqual({ uid: 65534, gid: 65533 });
  });

  it('has unsigned ids where passwd writes them negative', () => {
    expect(nobodyIn('nobody:*:-2:-2:Unprivileged User:/var/empty:/usr/bin/false')).toEqual({
      uid: 4294967294,
      gid: 4294967294,
    });
  });

  it('is missing on a system without nobody, with a remedy', () => {
    expect(() => nobodyIn('root:x:0:0::/root:/bin/sh')).toThrow(/set DATABASE_URL/);
  });
});

import { edgeGridAuthorization } from './edge-grid';

/** Credentials, timestamp, nonce and signature of the test data in Akamai's own client (AkamaiOPEN-edgegrid-node). */
const CREDENTIALS = {
  clientToken: 'akab-client-token-xxx-xxxxxxxxxxxxxxxx',
  clientSecret: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=',
  accessToken: 'akab-access-token-xxx-xxxxxxxxxxxxxxxx',
};
const URL_OF_TEST = 'https://akaa-baseurl-xxxxxxxxxxx-xxxxxxxxxxxxx.luna.akamaiapis.net/testapi/v1/t3';
const AT = new Date('2014-03-21T19:34:21Z');
const NONCE = 'nonce-xx-xxxx-xxxx-xxxx-xxxxxxxxxxxx';

describe('an EdgeGrid signature', () => {
  it('is the one that Akamai publishes for a POST', () => {
    expect(
      edgeGridAuthorization(URL_OF_TEST, 'datadatadatadatadatadatadatadata', CREDENTIALS, AT, NONCE),
    ).toBe(
      'EG1-HMAC-SHA256 client_token=akab-client-token-xxx-xxxxxxxxxxxxxxxx;' +
        'access_token=akab-access-token-xxx-xxxxxxxxxxxxxxxx;timestamp=20140321T19:34:21+0000;' +
        'nonce=nonce-xx-xxxx-xxxx-xxxx-xxxxxxxxxxxx;signature=hXm4iCxtpN22m4cbZb4lVLW5rhX8Ca82vCFqXzSTPe4=',
    );
  });
});

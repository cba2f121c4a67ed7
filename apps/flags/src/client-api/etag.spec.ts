import { noneMatchNames } from './etag';

describe('the entity tag of the client features', () => {
  const etag = '"one"';

  it.each([
    ['itself', etag],
    ['its weak form, which a compressing proxy makes of it', `W/${etag}`],
    ['one of several', `"other", ${etag}`],
    ['any', '*'],
  ])('is recognised when If-None-Match names %s', (_, header) => {
    expect(noneMatchNames(header, etag)).toBe(true);
  });

  it.each([
    ['is missing', undefined],
    ['names another', '"other"'],
    ['is empty', ''],
  ])('is not recognised when If-None-Match %s', (_, header) => {
    expect(noneMatchNames(header, etag)).toBe(false);
  });
});

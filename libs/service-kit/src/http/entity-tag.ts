/** `"..."` with its weakness before it (RFC 9110, 8.8.3). */
const ENTITY_TAG = /^(W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/;

/** Strong entity tag of a resource whose every change has a number of its own. */
export function versionTag(version: number): string {
  return `"${version}"`;
}

/** The tags of an `If-Match`; null when it is not a list of them. A comma cannot be in a tag that we have made. */
export function entityTags(header: string): string[] | null {
  const tags = header.split(',').map((tag) => tag.trim());
  return tags.every((tag) => ENTITY_TAG.test(tag)) ? tags : null;
}

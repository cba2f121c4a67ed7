/** Which entries are meant. In a pattern, `*` stands for any text and `?` for one character. */
export type KeySelector =
  | { readonly kind: 'keys'; readonly keys: readonly string[] }
  | { readonly kind: 'prefix'; readonly prefix: string }
  | { readonly kind: 'pattern'; readonly pattern: string }
  | { readonly kind: 'tags'; readonly tags: readonly string[] }
  /** All that was cached in a versioned space before this moment. */
  | { readonly kind: 'generation'; readonly space: string }
  | { readonly kind: 'everything' };

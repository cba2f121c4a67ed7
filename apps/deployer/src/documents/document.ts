/** Something operators write, in the version that counts. */
export interface Document<Content> {
  readonly name: string;
  /** Rises by one with every change of this name, also where it was deleted in between. */
  readonly version: number;
  readonly content: Content;
  readonly author: string;
  readonly reason: string;
  readonly at: Date;
}

/** One entry of a name's history; null stands for no document. */
export interface Change<Content> {
  readonly name: string;
  readonly version: number;
  readonly before: Content | null;
  readonly after: Content | null;
  readonly author: string;
  readonly reason: string;
  readonly at: Date;
  readonly previousHash: string;
  readonly hash: string;
}

/** All documents of a kind. `revision` differs whenever anything else does. */
export interface Collection<Content> {
  readonly revision: string;
  readonly documents: readonly Document<Content>[];
}

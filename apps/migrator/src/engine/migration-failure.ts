const LONGEST_DETAIL = 2_000;

/** It is known that the schema is as it was, and that trying the same again would end the same. */
export class MigrationFailure extends Error {
  constructor(detail: string, options?: ErrorOptions) {
    super(detail.slice(0, LONGEST_DETAIL), options);
  }
}

/** What may never be so. */
export interface Violation {
  /** The invariant's name, as docs/testing.md lists them. */
  readonly invariant: string;
  readonly detail: string;
}

/** Keeps the first violation: what follows from a broken world says nothing. */
export class Referee {
  private first: Violation | null = null;

  violated(invariant: string, detail: string): void {
    this.first ??= { invariant, detail };
  }

  get violation(): Violation | null {
    return this.first;
  }
}

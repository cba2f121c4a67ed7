import { escapeGlob, globOf } from './glob';

/** The space of one application version. Every key in it begins with this. */
export function spaceName(subject: string, version: string): string {
  return `game:${subject}:${version}:`;
}

/**
 * Names in Redis. Entries begin with `<namespace>:`, and what is kept about them with `<namespace>.`, so that no prefix
 * or pattern of entries meets it. Braces keep what has to be changed together in one slot of a cluster.
 */
export class KeyNames {
  constructor(readonly namespace: string) {}

  entry(key: string): string {
    return `${this.namespace}:${key}`;
  }

  /** The key of an entry's name; null for a name of something else. */
  keyOf(entry: string): string | null {
    const start = `${this.namespace}:`;
    return entry.startsWith(start) ? entry.slice(start.length) : null;
  }

  generation(space: string): string {
    return `${this.namespace}.generation:${space}`;
  }

  tag(tag: string): string {
    return `${this.namespace}.tag:{${tag}}`;
  }

  /** Where a tag's entries wait for their end while new ones gather under its name. */
  doomed(tag: string, id: string): string {
    return `${this.tag(tag)}:${id}`;
  }

  get notices(): string {
    return `${this.namespace}.notices`;
  }

  prefixGlob(prefix: string): string {
    return `${escapeGlob(this.entry(prefix))}*`;
  }

  patternGlob(pattern: string): string {
    return escapeGlob(this.entry('')) + globOf(pattern);
  }
}

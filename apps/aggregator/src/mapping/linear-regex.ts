import { RE2JS, RE2JSException, type Matcher } from 're2js';

/**
 * What JSONata needs of a RegExp, matched in linear time: one expression of the usual engine can take hours over one
 * text (https://swtch.com/~rsc/regexp/regexp1.html), and nothing stops it meanwhile.
 */
export class LinearRegex {
  lastIndex = 0;
  readonly source: string;
  private readonly compiled: RE2JS;

  constructor({ source, flags }: RegExp) {
    this.source = source;
    this.compiled = compile(source, flags);
  }

  exec(text: string): RegExpExecArray | null {
    const matcher = this.compiled.matcher(text);
    if (this.lastIndex > text.length || !matcher.find(this.lastIndex)) {
      this.lastIndex = 0;
      return null;
    }
    this.lastIndex = matcher.end();
    return Object.assign(groupsOf(matcher), { index: matcher.start(), input: text }) as RegExpExecArray;
  }
}

/** Why the pattern cannot be matched in linear time, if it cannot. */
export function regexFault({ source, flags }: RegExp): string | undefined {
  try {
    compile(source, flags);
    return undefined;
  } catch (error) {
    if (error instanceof RE2JSException) return error.message;
    throw error;
  }
}

function compile(source: string, flags: string): RE2JS {
  const ignoreCase = flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0;
  const multiline = flags.includes('m') ? RE2JS.MULTILINE : 0;
  return RE2JS.compile(RE2JS.translateRegExp(source), ignoreCase | multiline);
}

function groupsOf(matcher: Matcher): (string | undefined)[] {
  return Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? undefined);
}

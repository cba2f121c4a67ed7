import type { z } from 'zod';
import { regexFault } from './linear-regex';

export interface Place {
  /** In characters from the beginning of the expression, from 1, as JSONata counts. */
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

export interface FieldFault {
  readonly field: string;
  readonly detail: string;
}

/** Why a mapping gave no webhook: a fault in the expression, in its run, or in its result. */
export class MappingFault extends Error {
  constructor(
    message: string,
    readonly code: string | null = null,
    readonly at: Place | null = null,
    readonly errors: readonly FieldFault[] = [],
    readonly result: unknown = undefined,
  ) {
    super(message);
  }

  static ofResult({ issues }: z.ZodError, result: unknown): MappingFault {
    const errors = issues.map(({ path, message }) => ({
      field: path.join('.') || '(result)',
      detail: message,
    }));
    const detail = errors.map(({ field, detail }) => `${field}: ${detail}`).join('; ');
    return new MappingFault(
      `The mapping's result is no webhook of ours. ${detail}`,
      null,
      null,
      errors,
      result,
    );
  }
}

/** JSONata throws plain objects for its own faults, and passes on what JavaScript throws. */
export function faultOf(thrown: unknown, source: string): MappingFault {
  const { code, position, message } = (thrown ?? {}) as Partial<
    Record<'code' | 'position' | 'message', unknown>
  >;
  return new MappingFault(
    typeof message === 'string' ? message : 'The expression failed.',
    typeof code === 'string' ? code : null,
    typeof position === 'number' ? placeOf(position, source) : null,
  );
}

/** A part of the expression that could not be bounded, in the shape of JSONata's own faults. */
export function forbiddenPart(node: unknown): { position: number; message: string } | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  if (node instanceof RegExp) return undefined;
  const { type, value, position = 0 } = node as { type?: string; value?: unknown; position?: number };
  if (type === 'variable' && value === 'eval')
    return { position, message: '$eval is not allowed: write the expression itself.' };
  const fault = type === 'regex' && value instanceof RegExp ? regexFault(value) : undefined;
  if (fault !== undefined) return { position, message: `The regular expression is not supported: ${fault}.` };
  for (const part of Object.values(node)) {
    const found = forbiddenPart(part);
    if (found) return found;
  }
  return undefined;
}

function placeOf(offset: number, source: string): Place {
  const before = source.slice(0, Math.max(0, offset - 1)).split('\n');
  return { offset, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

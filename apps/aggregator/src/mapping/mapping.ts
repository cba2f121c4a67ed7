import { ProviderWebhook } from '@croupier/contracts';
import jsonata from 'jsonata';
import { z } from 'zod';
import { faultOf, forbiddenPart, MappingFault } from './mapping-fault';
import { LinearRegex } from './linear-regex';

/** Bounds of one evaluation. Steps end it on every machine alike; the time is for steps that are long themselves. */
const MAX_STEPS = 20_000;
const TIMEOUT_MS = 5_000;
const MAX_STACK = 150;
const MAX_SEQUENCE = 10_000;
const MAX_PADDING = 1_000;
/** Levels of arrays and objects in a body. */
const MAX_DEPTH = 64;

/** Webhooks that one body may become. */
const MAX_WEBHOOKS = 50;

const Ignored = z.strictObject({ ignore: z.string().min(1).max(500) });
const Mapped = z.union([ProviderWebhook, z.array(ProviderWebhook).min(1).max(MAX_WEBHOOKS)]);

export type MappingOutcome =
  | { readonly kind: 'mapped'; readonly webhooks: readonly [ProviderWebhook, ...ProviderWebhook[]] }
  | { readonly kind: 'ignored'; readonly reason: string };

/** A JSONata expression from a provider's own format to ours. Bounded in time, stack, sizes, and in what it may call. */
export class Mapping {
  private readonly expression: jsonata.Expression;

  /** @throws MappingFault */
  constructor(private readonly source: string) {
    try {
      this.expression = jsonata(source, {
        timeout: TIMEOUT_MS,
        stack: MAX_STACK,
        sequence: MAX_SEQUENCE,
        RegexEngine: LinearRegex as unknown as RegExpConstructor,
      });
      const forbidden = forbiddenPart(this.expression.ast());
      if (forbidden) throw faultOf(forbidden, source);
    } catch (error) {
      throw error instanceof MappingFault ? error : faultOf(error, source);
    }
    this.expression.registerFunction('pad', padded, '<s-ns?:s>');
    boundSteps(this.expression);
  }

  /** @throws MappingFault */
  async map(payload: unknown): Promise<MappingOutcome> {
    if (isDeeperThan(payload, MAX_DEPTH))
      throw new MappingFault(`The body has more than ${MAX_DEPTH} levels.`);
    const result = await this.evaluate(payload);
    if (result === undefined || result === null)
      return { kind: 'ignored', reason: 'the mapping gives nothing for this body' };
    const ignored = Ignored.safeParse(result);
    if (ignored.success) return { kind: 'ignored', reason: ignored.data.ignore };
    const mapped = (Array.isArray(result) ? Mapped.options[1] : Mapped.options[0]).safeParse(result);
    if (!mapped.success) throw MappingFault.ofResult(mapped.error, result);
    const [first, ...rest] = [mapped.data].flat();
    if (!first) throw new MappingFault('The mapping gave an empty array.');
    return { kind: 'mapped', webhooks: [first, ...rest] };
  }

  private async evaluate(payload: unknown): Promise<unknown> {
    try {
      return await this.expression.evaluate(payload);
    } catch (error) {
      throw faultOf(error, this.source);
    }
  }
}

/** JSONata calls what it finds under this symbol before each step, with the environment of the step. */
const BEFORE_STEP = Symbol.for('jsonata.__evaluate_entry');

function boundSteps(expression: jsonata.Expression): void {
  const steps = new WeakMap<object, number>();
  const count = (step: { position?: number }, _input: unknown, { base }: { base: object }): void => {
    const taken = (steps.get(base) ?? 0) + 1;
    if (taken > MAX_STEPS) throw stepsFault(step.position);
    steps.set(base, taken);
  };
  expression.assign(BEFORE_STEP as unknown as string, count);
}

/** With the place, as JSONata's own faults have it. */
function stepsFault(position: number | undefined): Error {
  const fault = new Error(`The expression takes more than ${MAX_STEPS} steps. Does it end?`);
  return Object.assign(fault, { position });
}

/** JSONata's own has no bound. */
function padded(text: string, width: number, filler = ' '): string {
  const length = Math.min(Math.abs(Math.trunc(width)), MAX_PADDING);
  return width < 0 ? text.padStart(length, filler) : text.padEnd(length, filler);
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((part) => isDeeperThan(part, levels - 1));
}

import { parseArgs } from 'node:util';

export interface FaultOptions {
  readonly minutes: number;
  readonly seed: number;
  /** New webhooks a second; repeats come on top. */
  readonly rate: number;
  readonly json: boolean;
  /** Keep the folder with logs and data. */
  readonly keep: boolean;
}

export function faultOptions(args: readonly string[]): FaultOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string', default: '1' },
      rate: { type: 'string', default: '30' },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  });
  return {
    minutes: positive('--minutes', values.minutes),
    seed: positive('--seed', values.seed),
    rate: positive('--rate', values.rate),
    json: values.json,
    keep: values.keep,
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${name} must be a number over 0, not ${text}.`);
  return value;
}

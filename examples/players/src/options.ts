import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';

export interface Options {
  /** Base URL of the gateway, without a trailing slash. */
  readonly gateway: string;
  readonly provider: string;
  readonly game: string;
  readonly players: number;
  /** Requests per second in all, launches included. */
  readonly rate: number;
  /** Players are split over them by index. */
  readonly markets: readonly string[];
  /** Average pause of a player between two requests of a session. */
  readonly thinkMs: number;
  readonly maxInFlight: number;
  /** Part of every player's name, so that two runs share no wallet. */
  readonly run: string;
}

export const USAGE = `players --gateway URL --provider P --game G [--players 2000] [--rate 500] [--markets MT,GB]
        [--think-ms 500] [--max-in-flight 500] [--run NAME]
or the same in GATEWAY_URL, PROVIDER, GAME, PLAYERS, RATE, MARKETS, THINK_MS, MAX_IN_FLIGHT, RUN`;

/** An argument wins over its environment variable. */
export function parseOptions(args: readonly string[], environment: NodeJS.ProcessEnv): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      gateway: text,
      provider: text,
      game: text,
      players: text,
      rate: text,
      market: text,
      markets: text,
      'think-ms': text,
      'max-in-flight': text,
      run: text,
    },
  });

  const markets = (values.markets ?? values.market ?? environment['MARKETS'] ?? 'MT').split(',');
  if (markets.some((market) => market === ''))
    throw new Error('--markets must be market codes such as MT,GB');
  const gateway = required(values.gateway ?? environment['GATEWAY_URL'], '--gateway');
  if (!URL.canParse(gateway)) throw new Error('--gateway must be a URL');
  return {
    gateway: gateway.replace(/\/+$/, ''),
    provider: required(values.provider ?? environment['PROVIDER'], '--provider'),
    game: required(values.game ?? environment['GAME'], '--game'),
    players: number(values.players ?? environment['PLAYERS'], '--players', 2_000, 1, 1_000_000),
    rate: number(values.rate ?? environment['RATE'], '--rate', 500, 1, 100_000),
    markets,
    thinkMs: number(values['think-ms'] ?? environment['THINK_MS'], '--think-ms', 500, 0, 600_000),
    maxInFlight: number(
      values['max-in-flight'] ?? environment['MAX_IN_FLIGHT'],
      '--max-in-flight',
      500,
      1,
      10_000,
    ),
    run: values.run ?? environment['RUN'] ?? randomBytes(3).toString('hex'),
  };
}

function required(value: string | undefined, name: string): string {
  if (!value) throw new Error(`${name} is missing`);
  return value;
}

function number(value: string | undefined, name: string, fallback: number, min: number, max: number): number {
  const parsed = value === undefined ? fallback : Number(value);
  if (value === '' || !(parsed >= min && parsed <= max)) throw new Error(`${name} must be ${min} to ${max}`);
  return parsed;
}

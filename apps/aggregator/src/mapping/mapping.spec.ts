import fc from 'fast-check';
import { Mapping } from './mapping';
import { MappingFault } from './mapping-fault';

const BODY = {
  event: 'GAME_VERSION_UPDATE',
  at: 1_767_225_600_000,
  games: [
    {
      code: 'Lucky_Sevens',
      build: 'v1.4.0',
      manifest: { url: 'https://cdn.acme.example/1.json', hash: 'A' },
    },
    { code: 'Wild_Nine', build: 'v2.0.1', manifest: { url: 'https://cdn.acme.example/2.json', hash: 'B' } },
  ],
};

const EACH_GAME = `
  $at := $fromMillis(at);
  games.{
    "type": "game.updated",
    "timestamp": $at,
    "data": {
      "game": $replace($lowercase(code), "_", "-"),
      "version": $replace(build, /^v/, ""),
      "manifestUrl": manifest.url,
      "manifestSha256": $lowercase($join([1..64].($$.games[0].manifest.hash)))
    }
  }`;

async function faultOf(expression: string, body: unknown = BODY): Promise<MappingFault> {
  try {
    await new Mapping(expression).map(body);
  } catch (error) {
    if (error instanceof MappingFault) return error;
    throw error;
  }
  throw new Error('the mapping worked');
}

describe('a mapping', () => {
  it('turns a body of the provider into as many webhooks as it tells of', async () => {
    const outcome = await new Mapping(`(${EACH_GAME})`).map(BODY);
    expect(outcome).toMatchObject({
      kind: 'mapped',
      webhooks: [
        {
          type: 'game.updated',
          timestamp: '2026-01-01T00:00:00.000Z',
          data: { game: 'lucky-sevens', version: '1.4.0' },
        },
        {
          type: 'game.updated',
          data: { game: 'wild-nine', version: '2.0.1', manifestSha256: 'a'.repeat(64) },
        },
      ],
    });
  });

  it.each([
    ['nothing', 'event = "OTHER" ? {"type": "x"}', 'the mapping gives nothing for this body'],
    ['a reason', '{"ignore": "only a heartbeat"}', 'only a heartbeat'],
  ])('ignores a body for which it gives %s', async (_, expression, reason) => {
    expect(await new Mapping(expression).map(BODY)).toEqual({ kind: 'ignored', reason });
  });

  it('names the fields of a result that is no webhook of ours, and shows it', async () => {
    const fault = await faultOf('{"type": "game.disabled", "timestamp": "today", "data": {"game": "UPPER"}}');
    expect(fault.errors.map(({ field }) => field)).toEqual(['timestamp', 'data.game', 'data.reason']);
    expect(fault.result).toMatchObject({ type: 'game.disabled' });
  });

  it('tells where a syntax error is', async () => {
    expect(await faultOf('{\n  "type": event,\n  "data": games[\n}')).toMatchObject({
      code: 'S0211',
      at: { line: 4, column: 1 },
    });
  });

  it('tells where the evaluation failed', async () => {
    expect(await faultOf('(\n  $x := 1;\n  $uppercase($x)\n)')).toMatchObject({
      code: 'T0410',
      at: { line: 3 },
    });
  });

  it.each([
    ['runs for ever', '($f := function($x) { $f($x + 1) }; $f(0))', 'more than 20000 steps'],
    ['calls itself without end', '($f := function($x) { 1 + $f($x) }; $f(0))', 'Stack overflow'],
    ['makes a huge sequence', '$count([1..1000000])', 'sequence'],
    [
      'loops in loops',
      '$map([1..9999], function($v) { $map([1..9999], function($w) { $v * $w }) })',
      'more than 20000 steps',
    ],
  ])('ends an expression that %s', async (_, expression, message) => {
    const fault = await faultOf(expression);
    expect(fault.message).toContain(message);
  });

  it('counts the steps of each evaluation alone, also of those side by side', async () => {
    const mapping = new Mapping('{"ignore": $string($sum($map([1..2000], function($v) { $v })))}');
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => mapping.map({})));
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome)))).toEqual(
      new Set([JSON.stringify({ kind: 'ignored', reason: '2001000' })]),
    );
  });

  it('matches regular expressions in linear time', async () => {
    const text = `${'a'.repeat(30_000)}!`;
    const expression = `$match(text, /(a+)+$/) ? {"ignore": "matched"} : {"ignore": "did not match"}`;
    expect(await new Mapping(expression).map({ text })).toMatchObject({ reason: 'did not match' });
  });

  it.each([
    ['$eval("1")', '$eval', 5],
    ['($e := $eval; $e("1"))', '$eval', 12],
    ['$match(event, /(?=A)/)', 'regular expression', 21],
    ['$match(event, /(A)\\1/)', 'regular expression', 21],
  ])('refuses %s, which has no bound', async (expression, message, offset) => {
    const fault = await faultOf(expression);
    expect(fault.message).toContain(message);
    expect(fault.at?.offset).toBe(offset);
  });

  it('bounds the padding of texts', async () => {
    const outcome = await new Mapping('{"ignore": $string($length($pad("x", 1e9)))}').map({});
    expect(outcome).toEqual({ kind: 'ignored', reason: '1000' });
  });

  it('refuses a body that is nested deeply', async () => {
    const deep = JSON.parse('['.repeat(5000) + ']'.repeat(5000)) as unknown;
    expect((await faultOf('**.type', deep)).message).toContain('levels');
  });

  it('gives an outcome or a fault for whatever body and expression there are, and never changes a prototype', async () => {
    const parts = [
      '$',
      'a',
      '.',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '"x"',
      ':',
      ',',
      '**',
      '*',
      '%',
      '~>',
      '$string',
      '1',
      ' ',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...parts), { maxLength: 12 }),
        fc.jsonValue(),
        async (tokens, body) => {
          try {
            await new Mapping(tokens.join('')).map(body);
          } catch (error) {
            expect(error).toBeInstanceOf(MappingFault);
          }
          expect(Object.keys(Object.prototype)).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });
});

import type { RoutedVersion } from '@croupier/contracts';
import { NOWHERE, type DealtVersion, type PinnedVersion, type VersionNotes } from '@croupier/routing';
import { TelemetryWindows } from './telemetry-windows';

/** More than go along with every window. */
const MANY_MARKETS = Array.from({ length: 600 }, (_, index) => `US-${index.toString(36).toUpperCase()}`);
const MARKETS = ['MT', 'SE', ...MANY_MARKETS];
const MT = 1;
const FINE = { failed: false, slow: false };

function dealt(version: string, game: string): DealtVersion {
  const notes = notesOf(game);
  return {
    kind: 'dealt',
    role: 'stable',
    compared: true,
    answer: undefined,
    pin: undefined,
    place: NOWHERE,
    version: routed(version),
    notes,
  };
}

function notesOf(game: string): VersionNotes {
  const of = new Map(MARKETS.map((market, index) => [market, index + 1]));
  return { provider: 'acme', game, columns: { of, names: ['', ...MARKETS] }, place: NOWHERE };
}

function routed(version: string): RoutedVersion {
  const manifestUrl = 'http://provider.test/manifest.json';
  return {
    version,
    digest: 'a'.repeat(64),
    manifestUrl,
    endpoint: 'http://game.test',
    markets: ['MT', 'SE'],
  };
}

describe('telemetry windows', () => {
  let nowMs: number;
  let routing: { version: number };
  let windows: TelemetryWindows;
  let served: DealtVersion;
  let alone: DealtVersion;

  function due(): ReturnType<TelemetryWindows['batch']> {
    const batch = windows.batch();
    windows.acknowledge();
    return batch;
  }

  function closeAfter(ms: number): void {
    nowMs += ms;
    windows.close();
  }

  function cutAfter(ms: number): void {
    nowMs += ms;
    windows.cut();
  }

  function countMany(): void {
    MARKETS.forEach((_, index) => windows.countLaunch(alone, index + 1));
  }

  beforeEach(() => {
    nowMs = 1_000_000;
    routing = { version: 3 };
    served = dealt('1.0.0', 'slots');
    alone = { ...dealt('3.0.0', 'roulette'), compared: false };
    windows = new TelemetryWindows('3f0d8c1e-58c5-4b8e-9d8e-6f4f3a0f5c11', routing, () => nowMs);
    closeAfter(0);
    due();
  });

  it('sum what happened, by version and market', () => {
    windows.countLaunch(served, MT);
    windows.countRequest(served, 'MT', FINE);
    windows.countRequest(served, 'MT', { failed: true, slow: false });
    windows.countRequest(served, 'MT', { failed: true, slow: true });
    windows.countRequest(served, 'SE', { failed: false, slow: true });
    windows.countRequest(dealt('1.1.0', 'slots'), 'MT', FINE);
    closeAfter(250);
    const of = { provider: 'acme', game: 'slots' };
    expect(due()).toMatchObject([
      {
        startedAt: new Date(1_000_000).toISOString(),
        endedAt: new Date(1_000_250).toISOString(),
        routingVersion: 3,
        counts: [
          { ...of, version: '1.0.0', market: 'MT', launches: 1, requests: 3, errors: 2, slow: 1 },
          { ...of, version: '1.0.0', market: 'SE', launches: 0, requests: 1, errors: 0, slow: 1 },
          { ...of, version: '1.1.0', market: 'MT', launches: 0, requests: 1, errors: 0, slow: 0 },
        ],
      },
    ]);
  });

  it('count sessions that begin and go on on a version together', () => {
    const pinned: PinnedVersion = { ...served, kind: 'pinned' };
    windows.countRequest(pinned, 'MT', FINE);
    windows.countLaunch(served, MT);
    windows.countRequest(pinned, 'SE', FINE);
    closeAfter(250);
    expect(due()).toMatchObject([
      {
        counts: [
          { market: 'MT', launches: 1, requests: 1 },
          { market: 'SE', launches: 0, requests: 1 },
        ],
      },
    ]);
  });

  it('count each thing in one window only', () => {
    windows.countRequest(served, 'MT', FINE);
    closeAfter(250);
    windows.countRequest(served, 'MT', FINE);
    closeAfter(250);
    expect(due().map((window) => window.counts[0]?.requests)).toEqual([1, 1]);
  });

  it('are not sent when empty, but once a second as a sign of life', () => {
    for (let index = 0; index < 8; index += 1) closeAfter(250);
    expect(due()).toMatchObject([{ counts: [] }, { counts: [] }]);
  });

  it('tell a new routing version at once', () => {
    closeAfter(10);
    expect(due()).toEqual([]);
    routing.version = 4;
    closeAfter(10);
    expect(due()).toMatchObject([{ routingVersion: 4, counts: [] }]);
  });

  it('do not count under a new routing version what ended under the old one', () => {
    windows.countRequest(served, 'MT', FINE);
    closeAfter(5);
    routing.version = 4;
    windows.countRequest(served, 'MT', FINE);
    closeAfter(5);
    expect(due()).toMatchObject([
      { routingVersion: 3, counts: [{ requests: 1 }] },
      { routingVersion: 4, counts: [{ requests: 1 }] },
    ]);
  });

  it('tell of a version that is alone as soon, while there is little to tell', () => {
    windows.countLaunch(alone, MT);
    cutAfter(250);
    expect(due()).toMatchObject([{ counts: [{ game: 'roulette', launches: 1 }] }]);
  });

  it('gather for five seconds what nobody compares, and keep nobody waiting who does', () => {
    for (let index = 0; index < 20; index += 1) {
      countMany();
      windows.countLaunch(served, MT);
      cutAfter(250);
    }
    const sent = due();
    expect(sent.filter(({ counts }) => counts[0]?.game === 'slots')).toHaveLength(20);
    const [gathered] = sent.filter(({ counts }) => counts.length > 1);
    expect(gathered).toMatchObject({
      startedAt: new Date(1_000_000).toISOString(),
      endedAt: new Date(1_005_000).toISOString(),
    });
    expect(gathered?.counts).toHaveLength(MARKETS.length);
    expect(gathered?.counts.every(({ launches }) => launches === 20)).toBe(true);
  });

  it('hold nothing back when the routing changes', () => {
    countMany();
    cutAfter(250);
    expect(due()).toEqual([]);
    closeAfter(10);
    expect(due()).toMatchObject([{ routingVersion: 3 }]);
  });
});

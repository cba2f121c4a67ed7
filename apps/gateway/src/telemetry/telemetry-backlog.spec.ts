import { TelemetryBatch, TelemetryWindow, type TelemetryCount } from '@croupier/contracts';
import fc from 'fast-check';
import { TelemetryBacklog, type BacklogLimits, type ClosedWindow } from './telemetry-backlog';

const GATEWAY = '3f0d8c1e-58c5-4b8e-9d8e-6f4f3a0f5c11';
const SMALL: BacklogLimits = { windows: 3, windowsPerBatch: 2, countsPerBatch: 4 };

function countOf(version: string, requests: number): TelemetryCount {
  const share = { launches: 1, requests, errors: Math.floor(requests / 2), slow: Math.floor(requests / 3) };
  return { provider: 'acme', game: 'slots', version, market: 'MT', ...share };
}

function windowOf(second: number, counts: TelemetryCount[] = [], routingVersion = 1): ClosedWindow {
  const at = (seconds: number): string => new Date(seconds * 1000).toISOString();
  return { startedAt: at(second), endedAt: at(second + 1), routingVersion, counts };
}

/** Stores each window once, as the deployer does. */
class Receiver {
  readonly stored = new Map<number, TelemetryWindow>();

  receive(windows: readonly TelemetryWindow[]): void {
    for (const window of windows) {
      const known = this.stored.get(window.sequence);
      if (known) expect(window).toEqual(known);
      else this.stored.set(window.sequence, window);
    }
  }

  total(version: string): number {
    const counts = [...this.stored.values()].flatMap((window) => window.counts);
    return counts
      .filter((count) => count.version === version)
      .reduce((sum, { requests }) => sum + requests, 0);
  }
}

describe('the telemetry backlog', () => {
  it('numbers windows from 1 in the order they were closed', () => {
    const backlog = new TelemetryBacklog(GATEWAY);
    backlog.add(windowOf(1, [countOf('1.0.0', 5)]));
    backlog.add(windowOf(2));
    expect(backlog.batch()).toMatchObject([
      { gatewayId: GATEWAY, sequence: 1, counts: [{ requests: 5 }] },
      { gatewayId: GATEWAY, sequence: 2, counts: [] },
    ]);
  });

  it('sends the same windows again until they are acknowledged', () => {
    const backlog = new TelemetryBacklog(GATEWAY, SMALL);
    backlog.add(windowOf(1, [countOf('1.0.0', 5)]));
    const first = backlog.batch();
    backlog.add(windowOf(2));
    expect(backlog.batch()).toEqual(first);
    backlog.acknowledge();
    expect(backlog.batch()).toMatchObject([{ sequence: 2 }]);
    backlog.acknowledge();
    expect(backlog.batch()).toEqual([]);
    expect(backlog.size).toBe(0);
  });

  it('merges the oldest windows when it is full, and no window that was sent', () => {
    const backlog = new TelemetryBacklog(GATEWAY, SMALL);
    backlog.add(windowOf(0, [countOf('1.0.0', 100)]));
    const inDoubt = backlog.batch();
    for (let second = 1; second <= 6; second += 1)
      backlog.add(windowOf(second, [countOf('1.0.0', second), countOf(`1.${second}.0`, 1)], second));
    expect(backlog.batch()).toEqual(inDoubt);
    expect(backlog.size).toBe(1 + SMALL.windows);
    backlog.acknowledge();
    const [merged] = backlog.batch();
    expect(merged).toMatchObject({
      sequence: 2,
      startedAt: windowOf(1).startedAt,
      endedAt: windowOf(4).endedAt,
      routingVersion: 4,
    });
    expect(merged?.counts[0]).toEqual({
      ...countOf('1.0.0', 0),
      launches: 4,
      requests: 10,
      errors: 4,
      slow: 2,
    });
  });

  it('cuts a window that is too large for one batch', () => {
    const backlog = new TelemetryBacklog(GATEWAY, SMALL);
    backlog.add(
      windowOf(
        1,
        Array.from({ length: 6 }, (_, index) => countOf(`1.${index}.0`, 1)),
      ),
    );
    expect(backlog.batch()).toMatchObject([{ sequence: 1, counts: { length: 4 } }]);
    backlog.acknowledge();
    expect(backlog.batch()).toMatchObject([
      { sequence: 2, counts: { length: 2 }, startedAt: windowOf(1).startedAt },
    ]);
  });

  it('makes batches that the contract takes', () => {
    const backlog = new TelemetryBacklog(GATEWAY);
    for (let second = 0; second < 600; second += 1)
      backlog.add(
        windowOf(
          second,
          Array.from({ length: 100 }, (_, index) => countOf(`1.${index}.0`, second)),
        ),
      );
    for (let due = backlog.batch(); due.length > 0; due = backlog.batch()) {
      TelemetryBatch.parse({ windows: due });
      expect(JSON.stringify({ windows: due }).length).toBeLessThan(1024 * 1024);
      backlog.acknowledge();
    }
  });

  it('neither loses nor doubles a count, whatever is lost on the way', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('close' as const),
        version: fc.integer({ min: 0, max: 5 }),
        requests: fc.nat(9),
      }),
      fc.record({ kind: fc.constantFrom('delivered' as const, 'answer-lost' as const, 'lost' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const backlog = new TelemetryBacklog(GATEWAY, SMALL);
        const receiver = new Receiver();
        const counted = new Map<string, number>();
        steps.forEach((taken, second) => {
          if (taken.kind === 'close') {
            const version = `1.${taken.version}.0`;
            counted.set(version, (counted.get(version) ?? 0) + taken.requests);
            backlog.add(windowOf(second, [countOf(version, taken.requests)]));
            return;
          }
          const due = backlog.batch();
          if (taken.kind !== 'lost') receiver.receive(due);
          if (taken.kind === 'delivered') backlog.acknowledge();
          expect(backlog.size).toBeLessThanOrEqual(SMALL.windows + SMALL.windowsPerBatch);
        });
        for (let due = backlog.batch(); due.length > 0; due = backlog.batch()) {
          receiver.receive(due);
          backlog.acknowledge();
        }
        for (const [version, requests] of counted) expect(receiver.total(version)).toBe(requests);
      }),
    );
  });
});

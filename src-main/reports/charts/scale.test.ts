import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bandPath, linePath, linear, niceTicks, timeTicks } from './scale.ts';

const same = linear(0, 10, 0, 10);
const HOUR = 3_600_000;

describe('scales', () => {
  it('spans the values with round ticks', () => {
    expect(niceTicks(0, 148, 4)).toEqual([0, 50, 100, 150]);
    expect(niceTicks(-3, 21, 4)).toEqual([-10, 0, 10, 20, 30]);
    fc.assert(
      fc.property(
        fc.double({ min: -1e5, max: 1e5, noNaN: true }),
        fc.double({ min: 0.001, max: 1e5, noNaN: true }),
        (from, width) => {
          const ticks = niceTicks(from, from + width, 4);
          expect(ticks[0]).toBeLessThanOrEqual(from + width * 1e-6);
          expect(ticks[ticks.length - 1]).toBeGreaterThanOrEqual(from + width * (1 - 1e-6));
          expect(ticks.length).toBeLessThan(9);
        },
      ),
    );
  });

  it('puts day ticks on local midnights, through a change of the clock', () => {
    const ticks = timeTicks(Date.UTC(2024, 2, 29), Date.UTC(2024, 3, 3), 'Europe/Madrid', 8);
    expect(ticks.map((tick) => new Date(tick.t).toISOString().slice(5, 13))).toEqual([
      '03-29T23',
      '03-30T23',
      '03-31T22',
      '04-01T22',
      '04-02T22',
    ]);
  });

  it('puts hour ticks on whole local hours where the zone is half an hour off', () => {
    const ticks = timeTicks(Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 2), 'Asia/Kolkata', 5);
    expect(ticks.length).toBeGreaterThan(2);
    expect(ticks.every((tick) => tick.wall % (6 * HOUR) === 0)).toBe(true);
  });

  it('breaks lines and bands where a value is missing', () => {
    expect(linePath([0, 1, 2, 3], [1, null, 2, 3], same, same)).toBe('M0 1M2 2L3 3');
    expect(bandPath([0, 1, 2], [1, null, 1], [2, 2, 2], same, same)).toBe('M0 2L0 1ZM2 2L2 1Z');
    expect(linePath([], [], same, same)).toBe('');
  });
});

import { describe, expect, test } from 'vitest';
import { analyse } from './analyse.ts';
import { findMidnightTrap } from './midnight.ts';
import { loadOf, random, rawTable, stamps } from './raw-fixture.ts';

const DAY = 86_400_000;
const STEP = 900_000;
/** Ending stamps of 120 days, and the load whose midnights the trap moves. */
const meant = stamps('2018-01-01T00:15', 96 * 120);
/** The level of the plant drifts from day to day, as it does. */
const level = random(5);
const levels = Array.from({ length: 130 }, () => 60 * level());
const load = loadOf(meant).map((value, i) => {
  const day = (meant[i] - meant[0]) / DAY;
  const from = Math.floor(day);
  return value + levels[from] + (levels[from + 1] - levels[from]) * (day - from);
});
const printed = meant.map((ms) => (ms % DAY === 0 ? ms - DAY : ms));

const sortedBy = (time: Float64Array): number[] => [...time.keys()].sort((a, b) => time[a] - time[b]);

describe('midnight readings with the date of the day they close', () => {
  test('are found by the file order and proven by the values', () => {
    const found = findMidnightTrap(printed, load, STEP)!;
    expect(found).toMatchObject({ evidence: 'file-order', backward: 120, convincing: true });
    expect(found.rows).toHaveLength(120);
    expect(found.printed[0]).toBeGreaterThan(2 * found.repaired[0]);
  });

  test('repaired, the series is the one that was meant', () => {
    const found = analyse(rawTable(printed, { load_kW: load }), {}, () => undefined);
    expect(found.repairs).toMatchObject([{ code: 'midnight-previous-day', rows: 120, applied: true }]);
    expect(found.repairs[0].effect!.after).toBeLessThan(found.repairs[0].effect!.before / 2);
    expect(found.stamps).toBe('ending');
    expect(found.frames[0].frame.time).toEqual(meant.map((ms) => ms - STEP));
    expect(found.frames[0].frame.columns[0]).toMatchObject({ values: load });
  });

  test('refused, the printed stamps stand', () => {
    const found = analyse(rawTable(printed, { load_kW: load }), { repairs: 'none' }, () => undefined);
    expect(found.repairs.find(({ code }) => code === 'midnight-previous-day')).toMatchObject({
      applied: false,
    });
    expect(found.profile).toMatchObject({ start: Date.UTC(2017, 11, 31, 23, 45) });
  });

  test('also in a file that runs from new to old', () => {
    const found = analyse(
      rawTable(printed.toReversed(), { load_kW: load.toReversed() }),
      {},
      () => undefined,
    );
    expect(found.frames[0].frame.time).toEqual(meant.map((ms) => ms - STEP));
  });

  test('also after somebody sorted the file, by the values alone', () => {
    const order = sortedBy(printed);
    const time = Float64Array.from(order, (row) => printed[row]);
    const values = Float64Array.from(order, (row) => load[row]);
    expect(findMidnightTrap(time, values, STEP)).toMatchObject({ evidence: 'values', convincing: true });
    const found = analyse(rawTable(time, { load_kW: values }), {}, () => undefined);
    expect(found.repairs.map(({ code }) => code)).toEqual(['midnight-previous-day']);
    expect(found.frames[0].frame.time).toEqual(meant.map((ms) => ms - STEP));
    expect(found.frames[0].frame.columns[0]).toMatchObject({ values: load });
  });
});

describe('is not seen', () => {
  test('in a file merely sorted from new to old', () => {
    const time = stamps('2018-01-01T00:00', 96 * 120);
    expect(findMidnightTrap(time, loadOf(time), STEP)).toBeNull();
    const found = analyse(
      rawTable(time.toReversed(), { load_kW: loadOf(time).toReversed() }),
      {},
      () => undefined,
    );
    expect(found.repairs.map(({ code }) => code)).toEqual(['out-of-order']);
  });
  test('where the load really jumps at midnight', () => {
    const time = stamps('2018-01-01T00:00', 96 * 120);
    const jumping = loadOf(time).map((value, i) => value + (time[i] % DAY === 0 ? 80 : 0));
    expect(findMidnightTrap(time, jumping, STEP)).toBeNull();
  });
  test('in two files put one after the other', () => {
    const a = stamps('2018-01-01T00:00', 96 * 30);
    const time = Float64Array.from([...a, ...a]);
    expect(findMidnightTrap(time, loadOf(time), STEP)).toBeNull();
  });
  test('in whole days', () => {
    expect(findMidnightTrap(stamps('2018-01-01T00:00', 100, 1440), null, DAY)).toBeNull();
  });
});

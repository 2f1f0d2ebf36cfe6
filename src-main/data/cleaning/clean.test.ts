import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recipeSchema } from '../../../src-preload/contract/index.ts';
import type { Recipe } from '../../../src-preload/contract/index.ts';
import type { Frame } from '../frame.ts';
import { utcToWall } from '../time/zone.ts';
import { OBSERVED, cleanTarget } from './clean.ts';
import { toRegularGrid } from './regular-grid.ts';

const HOUR = 3_600_000;
const start = Date.UTC(2024, 0, 1);
const cleaning = (more: Partial<Recipe['cleaning']> = {}): Recipe['cleaning'] => ({
  ...recipeSchema.parse({ model: { type: 'linear' } }).cleaning,
  ...more,
});
const frameOf = (values: readonly number[] | Float64Array, timezone = 'UTC'): Frame => ({
  time: Float64Array.from(values, (_, i) => start + i * HOUR),
  resolutionMs: HOUR,
  timezone,
  columns: [
    { name: 'load', type: 'number', unit: 'kW', values: Float64Array.from(values) },
    { name: 'shift', type: 'category', levels: ['a', 'b'], codes: Int32Array.from(values, (_, i) => i % 2) },
  ],
});
const numbers = (frame: Frame, name: string): Float64Array => {
  const column = frame.columns.find((candidate) => candidate.name === name);
  if (column?.type !== 'number') throw new Error(name);
  return column.values;
};
/** hour of the week, so that every slot can be recognised */
const weekly = (n: number): number[] => Array.from({ length: n }, (_, i) => i % 168);

describe('toRegularGrid', () => {
  test('gaps become rows of missing values', () => {
    const frame = frameOf([1, 2, 3, 4]);
    const holed: Frame = {
      ...frame,
      time: Float64Array.of(0, 1, 4, 5).map((h) => start + h * HOUR),
    };
    const grid = toRegularGrid(holed);
    expect([...grid.time].map((ms) => (ms - start) / HOUR)).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...numbers(grid, 'load')]).toEqual([1, 2, NaN, NaN, 3, 4]);
    const shift = grid.columns[1];
    expect(shift.type === 'category' && [...shift.codes]).toEqual([0, 1, -1, -1, 0, 1]);
  });
  test('a regular frame is handed through', () => {
    const frame = frameOf([1, 2, 3]);
    expect(toRegularGrid(frame)).toBe(frame);
  });
  test('a mistyped year does not fill the memory', () => {
    const frame = frameOf([1, 2, 3]);
    const far: Frame = { ...frame, time: Float64Array.of(start, start + HOUR, Date.UTC(2204, 0, 1)) };
    expect(() => toRegularGrid(far)).toThrowError(expect.objectContaining({ code: 'grid-too-sparse' }));
  });
  test('rows that are not ascending are refused', () => {
    const frame = frameOf([1, 2, 3]);
    const twice: Frame = { ...frame, time: Float64Array.of(start, start, start + HOUR) };
    expect(() => toRegularGrid(twice)).toThrowError(expect.objectContaining({ code: 'bad-time-axis' }));
  });
});

describe('cleanTarget', () => {
  test('seasonal: the same slot of the weeks before; marked, counted, the input untouched', () => {
    const values = weekly(5 * 168);
    values.fill(NaN, 700, 710);
    const frame = frameOf(values);
    const { frame: cleaned, filled, clipped } = cleanTarget(frame, 'load', cleaning(), 600);
    expect([...numbers(cleaned, 'load').slice(700, 710)]).toEqual(weekly(5 * 168).slice(700, 710));
    expect({ filled, clipped }).toEqual({ filled: 10, clipped: 0 });
    expect([...numbers(cleaned, OBSERVED).slice(698, 702)]).toEqual([1, 1, 0, 0]);
    expect(numbers(frame, 'load')[700]).toBeNaN();
  });
  test('without a week of history: the same hour of the days before', () => {
    const values = Array.from({ length: 72 }, (_, i) => (i === 60 ? NaN : i % 24));
    expect(numbers(cleanTarget(frameOf(values), 'load', cleaning(), 72).frame, 'load')[60]).toBe(12);
  });
  test('a leading gap borrows from later training rows, never from test rows', () => {
    const values = weekly(3 * 168);
    values.fill(NaN, 0, 5);
    expect(numbers(cleanTarget(frameOf(values), 'load', cleaning(), 504).frame, 'load')[3]).toBe(3);
    expect(numbers(cleanTarget(frameOf(values), 'load', cleaning(), 100).frame, 'load')[3]).toBeNaN();
  });
  test('longer gaps stay missing', () => {
    const values = weekly(400);
    values.fill(NaN, 200, 310);
    const { frame, filled } = cleanTarget(frameOf(values), 'load', cleaning({ maxGapSteps: 96 }), 400);
    expect(filled).toBe(0);
    expect(numbers(frame, 'load')[250]).toBeNaN();
  });
  test('interpolate: a line among training rows, the last reading held after them', () => {
    const values = [0, 1, NaN, NaN, 4, 5, NaN, NaN, 8, 9];
    const { frame } = cleanTarget(frameOf(values), 'load', cleaning({ gaps: 'interpolate' }), 6);
    expect([...numbers(frame, 'load')]).toEqual([0, 1, 2, 3, 4, 5, 5, 5, 8, 9]);
  });
  test('none: nothing is filled', () => {
    expect(cleanTarget(frameOf([1, NaN, 3]), 'load', cleaning({ gaps: 'none' }), 3).filled).toBe(0);
  });
  test('slots follow the clock on the wall over a change', () => {
    const n = 24 * 120;
    const time = Float64Array.from({ length: n }, (_, i) => start + i * HOUR);
    const wall = utcToWall(time, 'Europe/Madrid');
    const values = Array.from(wall, (ms) => (ms / HOUR) % 24);
    const gap = time.findIndex((ms) => ms === Date.UTC(2024, 3, 2, 10)); // two days after clocks went forward
    values[gap] = NaN;
    const { frame } = cleanTarget(frameOf(values, 'Europe/Madrid'), 'load', cleaning(), n);
    expect(numbers(frame, 'load')[gap]).toBe(12);
  });
  test('clip: peaks nobody has seen are limited in training rows only, two levels are kept', () => {
    const values = Array.from({ length: 24 * 70 }, (_, i) => {
      const working = i % 24 >= 8 && i % 24 < 18 && Math.floor(i / 24) % 7 < 5;
      return working ? 100 + (i % 5) : 4 + (i % 3) * 0.1;
    });
    values[500] = 5000;
    values[1600] = 5000;
    const { frame, clipped } = cleanTarget(frameOf(values), 'load', cleaning({ outliers: 'clip' }), 1500);
    expect(clipped).toBe(1);
    expect(numbers(frame, 'load')[500]).toBeLessThan(300);
    expect(numbers(frame, 'load')[1600]).toBe(5000);
    expect(numbers(frame, 'load')[9]).toBe(values[9]);
  });
  test('an unknown target is named', () => {
    expect(() => cleanTarget(frameOf([1]), 'lod', cleaning(), 1)).toThrowError(
      expect.objectContaining({ code: 'unknown-target' }),
    );
  });

  test('from trainEnd on, no filled value changes when what comes after it does', () => {
    const gaps = ['seasonal', 'interpolate'] as const;
    fc.assert(
      fc.property(
        fc.integer({ min: 340, max: 480 }),
        fc.array(fc.nat(499), { minLength: 5, maxLength: 120 }),
        fc.constantFrom(...gaps),
        fc.double({ min: -1000, max: 1000, noNaN: true }),
        (origin, holes, way, shift) => {
          const values = weekly(500).map((value, i) => value + Math.sin(i));
          for (const row of holes) values[row] = NaN;
          const other = values.map((value, i) => (i > origin ? value * 3 + shift : value));
          const trainEnd = 336;
          const clean = (list: number[]): Float64Array =>
            numbers(cleanTarget(frameOf(list), 'load', cleaning({ gaps: way }), trainEnd).frame, 'load');
          expect(clean(other).slice(0, origin + 1)).toEqual(clean(values).slice(0, origin + 1));
        },
      ),
      { numRuns: 60 },
    );
  });
});

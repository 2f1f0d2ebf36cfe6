import { afterAll, describe, expect, test } from 'vitest';
import { checkpoint } from '../../../tests/golden/support/chronos.ts';
import type { Frame } from '../../data/frame.ts';
import { forecastSeries } from './forecast-series.ts';
import type { SeriesOptions } from './forecast-series.ts';
import { Chronos2Runner } from './runner.ts';
import { chronos2Model } from './series-model.ts';

const runner = new Chronos2Runner(checkpoint, { intraOpNumThreads: 1 });
const model = chronos2Model(runner);
afterAll(() => runner.close());
const hour = 3_600_000;

function frameOf(load: (i: number) => number, rows = 200): Frame {
  const time = Float64Array.from({ length: rows }, (_, i) => i * hour);
  return {
    time,
    resolutionMs: hour,
    timezone: 'UTC',
    columns: [
      { name: 'load', type: 'number', unit: 'kW', values: Float64Array.from(time, (_, i) => load(i)) },
      {
        name: 'temperature',
        type: 'number',
        unit: null,
        values: Float64Array.from(time, (_, i) => Math.cos(i / 9)),
      },
      {
        name: 'flag',
        type: 'number',
        unit: null,
        values: Float64Array.from(time, (_, i) => (i > 150 ? 1 : 0)),
      },
      {
        name: 'shift',
        type: 'category',
        levels: ['off', 'on'],
        codes: Int32Array.from(time, (_, i) => (i % 24 < 8 ? 0 : 1)),
      },
    ],
  };
}
const day = (i: number): number => 20 + 10 * Math.sin((2 * Math.PI * i) / 24);
const columns = { target: 'load', past: ['temperature'], known: ['shift'] };
const warned: string[] = [];
const options: SeriesOptions = {
  gap: 0,
  horizon: 6,
  levels: [0.1, 0.5, 0.9],
  context: 48,
  atLeastZero: true,
  warn: (message) => warned.push(message),
};
const origins = Int32Array.of(99, 120, 149);

describe('forecastSeries', () => {
  test('shapes; quantiles ascend, the median is the point, nothing is negative', async () => {
    const made = await forecastSeries(model, frameOf(day), columns, origins, options);
    expect(made.point).toHaveLength(18);
    const quantiles = made.quantiles ?? expect.fail('no quantiles');
    for (let i = 0; i < 18; i++) {
      const [low, middle, high] = quantiles.subarray(3 * i, 3 * i + 3);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(low).toBeLessThanOrEqual(middle);
      expect(middle).toBeLessThanOrEqual(high);
      expect(made.point[i]).toBe(middle);
    }
  });

  test('nothing after an origin matters but what is known ahead', async () => {
    const plain = await forecastSeries(model, frameOf(day), columns, Int32Array.of(149), options);
    const frame = frameOf((i) => (i > 149 ? 1e6 : day(i)));
    const [load, , flag, shift] = frame.columns;
    const moved: Frame = {
      ...frame,
      columns: [
        load,
        {
          name: 'temperature',
          type: 'number',
          unit: null,
          values: Float64Array.from(frame.time, (_, i) => (i > 149 ? -99 : Math.cos(i / 9))),
        },
        flag,
        shift,
      ],
    };
    expect((await forecastSeries(model, moved, columns, Int32Array.of(149), options)).point).toEqual(
      plain.point,
    );
    const otherShift: Frame = {
      ...moved,
      columns: moved.columns.map((column) =>
        column.type === 'category'
          ? { ...column, codes: column.codes.map((code, i) => (i > 149 ? 1 - code : code)) }
          : column,
      ),
    };
    expect((await forecastSeries(model, otherShift, columns, Int32Array.of(149), options)).point).not.toEqual(
      plain.point,
    );
  });

  test('a gap is forecast and left out', async () => {
    const [gap, long] = await Promise.all([
      forecastSeries(model, frameOf(day), columns, Int32Array.of(120), { ...options, gap: 2, horizon: 4 }),
      forecastSeries(model, frameOf(day), columns, Int32Array.of(120), options),
    ]);
    gap.point.forEach((value, i) => expect(value).toBeCloseTo(long.point[i + 2], 5));
  });

  test('a flag that was never seen is left out, with a warning, and explodes nothing', async () => {
    warned.length = 0;
    const known = { target: 'load', past: [], known: ['flag'] };
    const flagged = await forecastSeries(model, frameOf(day), known, Int32Array.of(150), options);
    const without = await forecastSeries(
      model,
      frameOf(day),
      { ...known, known: [] },
      Int32Array.of(150),
      options,
    );
    expect(flagged.point).toEqual(without.point);
    expect(warned).toEqual([expect.stringContaining('"flag"') as string]);
  });

  test('the unit of a covariate changes nothing, however small its numbers are', async () => {
    warned.length = 0;
    const made = await Promise.all(
      [1, 1e-6, 1e6].map((factor) => {
        const frame = frameOf(day);
        const scaled = frame.columns.map((column) =>
          column.name === 'temperature' && column.type === 'number'
            ? { ...column, values: column.values.map((value) => factor * value) }
            : column,
        );
        return forecastSeries(model, { ...frame, columns: scaled }, columns, origins, options);
      }),
    );
    for (const { point } of made)
      point.forEach((value, i) => expect(value).toBeCloseTo(made[0]!.point[i]!, 3));
    const without = await forecastSeries(model, frameOf(day), { ...columns, past: [] }, origins, options);
    expect(without.point.some((value, i) => Math.abs(value - made[0]!.point[i]!) > 0.1)).toBe(true);
    expect(warned).toEqual([]);
  });

  test('of a column that is known up to the origin alone, nothing after it is looked at', async () => {
    warned.length = 0;
    const measured = { target: 'load', past: ['flag'], known: [] };
    const at = Int32Array.of(150);
    const flagged = await forecastSeries(model, frameOf(day), measured, at, options);
    const without = await forecastSeries(model, frameOf(day), { ...measured, past: [] }, at, options);
    expect(flagged.point).toEqual(without.point);
    expect(warned).toEqual([]);
  });

  test('a covariate without a value is left out, with a warning', async () => {
    warned.length = 0;
    const frame = frameOf(day);
    const values = Float64Array.from(frame.time, (_, i) => (i < 60 ? i % 5 : Number.NaN));
    const silent: Frame = {
      ...frame,
      columns: [
        ...frame.columns,
        { name: 'meter', type: 'number', unit: null, values },
        { name: 'mode', type: 'category', levels: ['a'], codes: new Int32Array(200).fill(-1) },
      ],
    };
    const told = { target: 'load', past: ['meter', 'mode', 'flag'], known: [] };
    const made = await forecastSeries(model, silent, told, Int32Array.of(99, 149), options);
    const without = await forecastSeries(
      model,
      silent,
      { ...told, past: ['meter'] },
      Int32Array.of(99, 149),
      {
        ...options,
        warn: () => undefined,
      },
    );
    expect(made.point).toEqual(without.point);
    expect(warned).toEqual([
      '"mode" has no value within the last 48 steps, which the model reads: it is left out of 2 of 2 forecasts.',
      '"meter" has no value within the last 48 steps, which the model reads: it is left out of 1 of 2 forecasts.',
    ]);
  });

  test('no reading to start from: the last one there was, with a warning', async () => {
    warned.length = 0;
    const frame = frameOf((i) => (i < 20 ? 7 : Number.NaN));
    const { point } = await forecastSeries(
      model,
      frame,
      { target: 'load', past: [], known: [] },
      origins,
      options,
    );
    expect([...point]).toEqual(new Array(18).fill(7));
    expect(warned).toEqual([expect.stringContaining('3 of 3') as string]);
  });

  test('a constant load stays where it is', async () => {
    const { point } = await forecastSeries(
      model,
      frameOf(() => 12.3),
      columns,
      origins,
      options,
    );
    for (const value of point) expect(value).toBeCloseTo(12.3, 3);
  });
});

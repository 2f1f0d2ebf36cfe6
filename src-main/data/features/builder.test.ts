import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recipeSchema } from '../../../src-preload/contract/index.ts';
import type { Frame } from '../frame.ts';
import { buildFeatures, createFeatureSource } from './builder.ts';
import { resolveFeatureSpec } from './spec.ts';

const recipe = (features: Record<string, unknown> = {}) =>
  recipeSchema.parse({ model: { type: 'xgboost' }, features });

interface Grid {
  readonly rows: number;
  readonly resolutionMs: number;
  readonly timezone: string;
}

function frameOf({ rows, resolutionMs, timezone }: Grid, value: (i: number) => number): Frame {
  return {
    time: Float64Array.from({ length: rows }, (_, i) => Date.UTC(2024, 2, 10, 23) + i * resolutionMs),
    resolutionMs,
    timezone,
    columns: [
      {
        name: 'load',
        type: 'number',
        unit: null,
        values: Float64Array.from({ length: rows }, (_, i) => value(i)),
      },
      {
        name: 'flow',
        type: 'number',
        unit: null,
        values: Float64Array.from({ length: rows }, (_, i) => value(i + 5)),
      },
      {
        name: 'plan',
        type: 'category',
        levels: ['a', 'b'],
        codes: Int32Array.from({ length: rows }, (_, i) => (i % 3) - 1),
      },
    ],
  };
}

async function features(
  frame: Frame,
  pairs: { origin: number; target: number }[],
  options: {
    horizon: number;
    basis?: 'tree' | 'linear';
    features?: Record<string, unknown>;
    knownRows?: number;
  },
) {
  const spec = await resolveFeatureSpec({
    frame,
    recipe: recipe(options.features),
    trainEnd: frame.time.length,
    horizon: options.horizon,
    gap: 0,
    knownCovariates: ['plan'],
    pastCovariates: ['flow'],
    basis: options.basis ?? 'tree',
  });
  const values = (frame.columns[0] as { values: Float64Array }).values;
  const source = createFeatureSource(frame, values, options.knownRows ?? frame.time.length, 200, spec);
  return buildFeatures(
    source,
    Int32Array.from(pairs, (pair) => pair.origin),
    Int32Array.from(pairs, (pair) => pair.target),
  );
}

const hourly: Grid = { rows: 24 * 60, resolutionMs: 3_600_000, timezone: 'Europe/Madrid' };

describe('values', () => {
  const frame = frameOf(hourly, (i) => i);

  test('last readings, lags and seasons are the rows they say', async () => {
    const matrix = await features(frame, [{ origin: 1000, target: 1003 }], {
      horizon: 4,
      features: { lags: [3, 2, 24, 30] },
    });
    const of = (name: string): number => matrix.columns[matrix.names.indexOf(name)][0];
    expect(of('lead')).toBe(3);
    expect(of('last_1')).toBe(1000);
    expect(of('last_3')).toBe(998);
    expect(of('lag_3')).toBe(1000);
    expect(of('lag_2')).toBeNaN(); // 1001 lies after the origin
    expect(of('lag_24')).toBe(979);
    expect(of('lag_30')).toBe(973);
    expect(of('day_1')).toBe(979);
    expect(of('day_3')).toBe(979 - 48);
    expect(of('week_1')).toBe(1003 - 168);
    expect(of('mean_24')).toBe(1000 - 11.5);
    expect(of('plan')).toBe((1003 % 3) - 1);
    expect(of('flow at origin')).toBe(1005);
    expect(of('hour')).toBe(new Date(frame.time[1003] + 2 * 3_600_000).getUTCHours());
  });

  test('two days ahead the latest known day is the one before the origin', async () => {
    const matrix = await features(frame, [{ origin: 1000, target: 1040 }], { horizon: 48 });
    expect(matrix.columns[matrix.names.indexOf('day_1')][0]).toBe(1040 - 48);
  });

  test('the last hours say nothing about tomorrow', async () => {
    const pairs = [
      { origin: 1000, target: 1002 },
      { origin: 1000, target: 1024 },
    ];
    const matrix = await features(frame, pairs, { horizon: 24 });
    expect([...matrix.columns[matrix.names.indexOf('last_1')]]).toEqual([1000, Number.NaN]);
    expect([...matrix.columns[matrix.names.indexOf('mean_24')]]).toEqual([988.5, 988.5]);
  });

  test('the season of the year needs more than a year', async () => {
    const short = await features(frame, [{ origin: 1000, target: 1001 }], { horizon: 1 });
    expect(short.names).not.toContain('year_sin');
    const long = frameOf({ ...hourly, rows: 24 * 560 }, (i) => i);
    expect((await features(long, [{ origin: 1000, target: 1001 }], { horizon: 1 })).names).toContain(
      'year_sin',
    );
  });
});

test.each(['tree', 'linear'] as const)('%s: no feature sees past the origin, on any grid', async (basis) => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<Grid>(
        { rows: 96 * 30, resolutionMs: 900_000, timezone: 'Europe/Madrid' },
        hourly,
        { rows: 200, resolutionMs: 86_400_000, timezone: 'America/New_York' },
        { rows: 900, resolutionMs: 420_000, timezone: 'Australia/Lord_Howe' },
        { rows: 100, resolutionMs: 7 * 86_400_000, timezone: 'UTC' },
      ),
      fc.double({ min: 0.05, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 120 }),
      fc.integer(),
      async (grid, share, horizon, seed) => {
        const value = (i: number): number => 50 + 30 * Math.sin(seed + i * 0.7);
        const origin = Math.min(grid.rows - 1, Math.floor(grid.rows * share));
        const pairs = Array.from({ length: horizon }, (_, k) => ({ origin, target: origin + 1 + k }));
        const plain = frameOf(grid, value);
        const changed = frameOf(grid, (i) =>
          i <= origin ? value(i) : i % 4 === 0 ? Number.NaN : 1e6 * Math.cos(i),
        );
        // `flow` is the load five rows later: keep its past as it was
        const flow = (plain.columns[1] as { values: Float64Array }).values;
        (changed.columns[1] as { values: Float64Array }).values.set(flow.subarray(0, origin + 1));
        const a = await features(plain, pairs, { horizon, basis });
        expect(await features(changed, pairs, { horizon, basis })).toEqual(a);
        expect(await features(plain, pairs, { horizon, basis, knownRows: origin + 1 })).toEqual(a);
      },
    ),
    { numRuns: 25 },
  );
});

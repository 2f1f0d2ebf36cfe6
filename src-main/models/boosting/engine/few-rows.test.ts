import { describe, expect, test } from 'vitest';
import { createRandom } from '../../random.ts';
import { createEngine } from './engine.ts';
import { plainGrower } from './grower-fixture.ts';
import type { BinningOptions, GrowerOptions } from './types.ts';

const rows = 1_200;
const random = createRandom(8);
/** few values, many values, missing values; ten columns make two blocks */
const numbers = Array.from({ length: 10 }, (_, f) =>
  Float64Array.from({ length: rows }, () => {
    if (f % 3 === 2 && random.next() < 0.3) return Number.NaN;
    return f % 4 === 0 ? random.integer(2 + f) : random.next() * 40 - 20;
  }),
);
const gradient = Float32Array.from(
  numbers[1],
  (x, i) => Math.sin(x) + (numbers[2][i] || 9) / 10 - random.next(),
);
const hessian = Float32Array.from(gradient, () => 0.2 + random.next());
const drawn = Uint32Array.from(gradient.keys()).filter((i) => i % 5 !== 2);
const deep: GrowerOptions = { ...plainGrower, maxDepth: 0, lambda: 0.5, minHessian: 1e-3, learningRate: 0.1 };
const categories = {
  dialect: 'xgboost',
  oneHotUpTo: 4,
  maxThreshold: 64,
  smooth: 0,
  l2: 0,
  minDataPerGroup: 0,
} as const;

/** @param histograms a column of one category comes last: it divides nothing, and with categories every node has a histogram */
async function grow(
  options: GrowerOptions,
  borders: BinningOptions['borders'],
  histograms: boolean,
): Promise<unknown> {
  const columns = histograms ? [...numbers, new Float64Array(rows)] : numbers;
  const categorical = columns.map((_, f) => f === numbers.length);
  const binning: BinningOptions = { maxBin: 255, minDataInBin: 1, borders, seed: 1 };
  const engine = await createEngine(
    { rows, columns, categorical, weight: null },
    binning,
    { ...options, categories },
    { threads: 2 },
  );
  try {
    engine.gradient.set(gradient);
    engine.hessian.set(hessian);
    return [true, false].flatMap((constantHessian) =>
      [null, drawn].map((chosen, tree) => {
        const { trees, leaves } = engine.grow({ rows: chosen, constantHessian, tree });
        return { trees, leaves, leafOf: Int32Array.from(engine.leafOf) };
      }),
    );
  } finally {
    await engine.close();
  }
}

describe('a node of few rows is split as its histogram would have it', () => {
  const forest = { lambda: 0, forest: { columns: 11, minSplitRows: 2 } };
  const variants: Record<string, Partial<GrowerOptions>> = {
    'by level': {},
    'by gain': { policy: 'lossguide', maxLeaves: 400 },
    'with a price on values': { alpha: 0.3 },
    'with smooth and bounded values': { pathSmooth: 3, maxDeltaStep: 0.4 },
    'with monotone columns': { monotone: Int8Array.of(0, 1, -1, 1, 0, 0, 0, 0, 0, 0, 0) },
    'with random borders': { extraRandom: true },
    'in a forest': forest,
    'in a forest with random borders': { ...forest, extraRandom: true },
    'leaf by leaf': { policy: 'leafwise', maxLeaves: 300, extraRandom: true },
    'leaf by leaf, under constraints': {
      policy: 'leafwise',
      maxLeaves: 300,
      monotone: Int8Array.of(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    },
  };
  test.each(Object.entries(variants))('%s', async (_, changes) => {
    const options = { ...deep, ...changes };
    const borders = options.policy === 'leafwise' ? 'lightgbm' : 'xgboost';
    expect(await grow(options, borders, false)).toEqual(await grow(options, borders, true));
  });
});

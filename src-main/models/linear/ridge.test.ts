import fc from 'fast-check';
import { Matrix, solve } from 'ml-matrix';
import { expect, test } from 'vitest';
import type { FeatureMatrix, FitContext } from '../estimator.ts';
import { createRandom } from '../random.ts';
import { solveSymmetric } from './cholesky.ts';
import { createRidge, reviveRidge } from './ridge.ts';

const context: FitContext = { seed: 1, threads: 1, progress: () => 0, curve: () => 0, log: () => 0 };

function matrix(columns: readonly Float64Array[], categorical: readonly boolean[] = []): FeatureMatrix {
  return {
    rows: columns[0].length,
    names: columns.map((_, f) => `f${f}`),
    columns,
    categorical: columns.map((_, f) => categorical[f] ?? false),
  };
}

const fit = (
  features: FeatureMatrix,
  target: Float64Array,
  params: { alpha?: number | 'auto'; fit_intercept?: boolean } = {},
  weight: Float64Array | null = null,
) => createRidge({ alpha: 0, fit_intercept: true, ...params }).fit(features, target, weight, context);

function noisy(seed: number, rows: number, width: number) {
  const random = createRandom(seed);
  const columns = Array.from({ length: width }, (_, f) =>
    Float64Array.from({ length: rows }, () => 10 ** f * (random.next() - 0.3)),
  );
  const target = Float64Array.from({ length: rows }, (_, i) =>
    columns.reduce((sum, column, f) => sum + ((f + 1) * column[i]) / 10 ** f, 5 + random.next()),
  );
  return { columns, target };
}

test('finds an exact line', async () => {
  const x = Float64Array.of(1, 2, 3, 4, 7);
  const model = await fit(
    matrix([x]),
    x.map((value) => 2 * value + 3),
  );
  expect([...model.predict(matrix([Float64Array.of(0, 100)]))]).toEqual([
    expect.closeTo(3, 9),
    expect.closeTo(203, 9),
  ]);
});

test('least squares and ridge equal the normal equations solved by ml-matrix', async () => {
  const { columns, target } = noisy(1, 80, 3);
  const rows = target.length;
  for (const alpha of [0, 0.1, 3]) {
    const mean = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / rows);
    const scale = columns.map((column, f) =>
      Math.sqrt(column.reduce((sum, value) => sum + (value - mean[f]) ** 2, 0) / rows),
    );
    const level = target.reduce((sum, value) => sum + value, 0) / rows;
    const z = new Matrix(rows, 3);
    columns.forEach((column, f) => column.forEach((value, i) => z.set(i, f, (value - mean[f]) / scale[f])));
    const gram = z
      .transpose()
      .mmul(z)
      .add(Matrix.eye(3).mul(alpha * rows));
    const beta = solve(
      gram,
      z.transpose().mmul(Matrix.columnVector([...target].map((value) => value - level))),
    );
    const expected = z.mmul(beta).getColumn(0);
    const predicted = (await fit(matrix(columns), target, { alpha })).predict(matrix(columns));
    predicted.forEach((value, i) => expect(value).toBeCloseTo(expected[i] + level, 8));
  }
});

test('a column that repeats another, or never changes, does no harm', async () => {
  const { columns, target } = noisy(2, 60, 2);
  const plain = (await fit(matrix(columns), target)).predict(matrix(columns));
  const more = matrix([...columns, columns[0].slice(), new Float64Array(60).fill(4)]);
  const predicted = (await fit(more, target)).predict(more);
  predicted.forEach((value, i) => expect(value).toBeCloseTo(plain[i], 6));
});

test('the order of columns does not matter', async () => {
  const { columns, target } = noisy(3, 60, 4);
  const a = (await fit(matrix(columns), target, { alpha: 0.1 })).predict(matrix(columns));
  const turned = matrix(columns.toReversed());
  (await fit(turned, target, { alpha: 0.1 })).predict(turned).forEach((value, i) => {
    expect(value).toBeCloseTo(a[i], 8);
  });
});

test('rows of weight 0 are as good as absent', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const { columns, target } = noisy(seed, 60, 3);
      const random = createRandom(seed, 1);
      const weight = Float64Array.from(target, () => random.integer(3));
      const kept = [...weight.keys()].filter((i) => weight[i] > 0);
      const pick = (values: Float64Array): Float64Array => Float64Array.from(kept, (i) => values[i]);
      const wild = target.map((value, i) => (weight[i] === 0 ? 1e6 : value));
      const a = await fit(matrix(columns), wild, { alpha: 0.01 }, weight);
      const b = await fit(matrix(columns.map(pick)), pick(target), { alpha: 0.01 }, pick(weight));
      const expected = b.predict(matrix(columns));
      a.predict(matrix(columns)).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 7));
    }),
    { numRuns: 30 },
  );
});

test('a missing value is the mean and its own flag; a category is a column per code', async () => {
  const x = Float64Array.of(1, 2, Number.NaN, 3, Number.NaN, 2);
  const target = Float64Array.of(1, 2, 50, 3, 50, 2);
  const model = await fit(matrix([x]), target);
  expect([...model.predict(matrix([x]))].map((value) => Math.round(value))).toEqual([1, 2, 50, 3, 50, 2]);
  const code = Float64Array.of(0, 1, 2, 0, 1, 2);
  const level = Float64Array.of(5, -3, 100, 5, -3, 100);
  const groups = await fit(matrix([code], [true]), level);
  const seen = groups.predict(matrix([Float64Array.of(0, 1, 2, 9, Number.NaN)], [true]));
  expect([...seen.slice(0, 3)].map((value) => Math.round(value))).toEqual([5, -3, 100]);
  expect(seen.every(Number.isFinite)).toBe(true);
});

test('auto takes a small penalty for a clear signal, a large one for noise', async () => {
  const chosen = async (features: FeatureMatrix, target: Float64Array): Promise<number> => {
    let alpha = Number.NaN;
    await createRidge({ alpha: 'auto', fit_intercept: true }).fit(features, target, null, {
      ...context,
      log: (_level, text) => {
        alpha = Number(/alpha ([\d.]+)/.exec(text)?.[1]);
      },
    });
    return alpha;
  };
  const { columns, target } = noisy(4, 400, 3);
  expect(await chosen(matrix(columns), target)).toBeLessThanOrEqual(0.01);
  const random = createRandom(8);
  const junk = Array.from({ length: 150 }, () => Float64Array.from({ length: 400 }, () => random.next()));
  expect(
    await chosen(
      matrix(junk),
      Float64Array.from({ length: 400 }, () => random.next()),
    ),
  ).toBe(1);
});

test('without a constant term the line goes through zero', async () => {
  const x = Float64Array.of(1, 2, 3, 4);
  const model = await fit(matrix([x]), Float64Array.of(12, 14, 16, 18), { fit_intercept: false });
  expect(model.predict(matrix([Float64Array.of(0)]))[0]).toBeCloseTo(0, 12);
});

test('JSON brings the same numbers back', async () => {
  const { columns, target } = noisy(5, 50, 3);
  const model = await fit(matrix(columns), target, { alpha: 0.01 });
  const back = reviveRidge(JSON.parse(JSON.stringify(model)));
  expect(back.predict(matrix(columns))).toEqual(model.predict(matrix(columns)));
  expect(back.importance()).toEqual(model.importance());
});

test('Cholesky solves what it should', () => {
  const random = createRandom(6);
  const n = 20;
  const root = Matrix.zeros(n, n).apply(function (this: Matrix, i, j) {
    this.set(i, j, random.next() - 0.5);
  });
  const a = root.transpose().mmul(root).add(Matrix.eye(n).mul(0.1));
  const x = Float64Array.from({ length: n }, () => random.next());
  const b = Float64Array.from(a.mmul(Matrix.columnVector([...x])).getColumn(0));
  solveSymmetric(Float64Array.from(a.to1DArray()), b).forEach((value, i) =>
    expect(value).toBeCloseTo(x[i], 9),
  );
});

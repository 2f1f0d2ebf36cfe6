import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomColumns, randomEnsemble } from '../../../../tests/support/random-ensemble.ts';
import { compileKernel } from '../../../../scripts/build-kernels.mjs';
import { nodeFlag } from '../ensemble.ts';
import type { NodeTrees, TreeEnsemble } from '../ensemble.ts';
import { createBatch } from './batch.ts';
import { kernelBytes } from './kernel-bytes.ts';
import { createPredictor } from './predictor.ts';
import { validateEnsemble } from './validate.ts';

const shapes = fc.record({
  features: fc.integer({ min: 1, max: 8 }),
  trees: fc.integer({ min: 0, max: 6 }),
  leaves: fc.constantFrom(1, 2, 8, 31, 200, 256, 257, 800),
  outputs: fc.integer({ min: 1, max: 3 }),
  thresholds: fc.constantFrom(1, 2, 40, 254, 255, 1500),
});

test('alone, walked, by the kernel, on 1, 2 or 3 threads: the same bits', () => {
  fc.assert(
    fc.property(fc.integer(), shapes, fc.constantFrom(64, 255, 256, 257, 700, 3000), (seed, shape, rows) => {
      const ensemble = randomEnsemble(seed, shape);
      validateEnsemble(ensemble);
      const columns = randomColumns(ensemble, rows, seed);
      const plain = createPredictor(ensemble, { path: 'plain' });
      const expected = plain.raw(columns, rows);
      const batch = createBatch(ensemble)!;
      for (const threads of [1, 2, 3]) expect(batch.raw(columns, rows, threads)).toEqual(expected);
      const predictor = createPredictor(ensemble);
      expect(predictor.raw(columns, rows)).toEqual(expected);
      const predicted = predictor.predict(columns, rows);
      const row = new Float64Array(shape.features);
      const out = new Float64Array(shape.outputs);
      for (let i = 0; i < rows; i += 29) {
        columns.forEach((column, f) => (row[f] = column[i]));
        predictor.row(row, out);
        expect([...out]).toEqual(predicted.map((values) => values[i]));
      }
    }),
    { numRuns: 60 },
  );
});

test('a row is the same in any batch', () => {
  const ensemble = randomEnsemble(7, { features: 5, trees: 20, leaves: 31, outputs: 2, thresholds: 100 });
  const rows = 40_000; // several pieces
  const columns = randomColumns(ensemble, rows, 1);
  const predictor = createPredictor(ensemble, { threads: 2 });
  const all = predictor.raw(columns, rows);
  for (const [from, to] of [
    [0, 10],
    [16_380, 16_500],
    [39_000, 40_000],
  ])
    expect(
      predictor.raw(
        columns.map((column) => column.subarray(from, to)),
        to - from,
      ),
    ).toEqual(all.map((values) => values.slice(from, to)));
});

test('32-bit columns predict as 64-bit ones, and models take turns in the shared memory', () => {
  const shape = { features: 4, trees: 5, leaves: 16, outputs: 1, thresholds: 20 };
  const [a, b] = [randomEnsemble(1, shape), randomEnsemble(2, shape)];
  const columns = randomColumns(a, 300, 3).map((column) => Float32Array.from(column));
  const wide = columns.map((column) => Float64Array.from(column));
  const [first, second] = [createPredictor(a), createPredictor(b)];
  const expected = [a, b].map((one) => createPredictor(one, { path: 'plain' }).raw(wide, 300));
  for (let turn = 0; turn < 3; turn++) {
    expect(first.raw(columns, 300)).toEqual(expected[0]);
    expect(second.raw(columns, 300)).toEqual(expected[1]);
  }
});

test('a few rows find the leaves that walking finds, whatever the depth of the trees', () => {
  fc.assert(
    fc.property(fc.integer(), shapes, (seed, shape) => {
      const given = randomEnsemble(seed, { ...shape, trees: shape.trees * 3 });
      const columns = randomColumns(given, 40, seed);
      const expected = createPredictor(given, { path: 'plain' });
      expect(createPredictor(given).raw(columns, 40)).toEqual(expected.raw(columns, 40));
    }),
    { numRuns: 60 },
  );
});

/** One question about one column: left gives 1, right gives 2. */
function stump(change: Partial<TreeEnsemble>, trees: Partial<NodeTrees> = {}): TreeEnsemble {
  const zero = new Float64Array(3);
  return {
    dialect: 'lightgbm',
    features: [{ name: 'x', kind: 'number', categories: null }],
    derived: [],
    tables: [],
    outputs: 1,
    leafWidth: 1,
    treeOutput: Int32Array.of(0),
    base: Float64Array.of(0),
    scale: 1,
    treesPerRound: 1,
    trees: {
      shape: 'nodes',
      start: Int32Array.of(0, 3),
      feature: Int32Array.of(0, -1, -1),
      threshold: Float64Array.of(0.1, 0, 0),
      left: Int32Array.of(1, 0, 0),
      right: Int32Array.of(2, 0, 0),
      flags: new Uint8Array(3),
      value: Float64Array.of(0, 1, 2),
      gain: zero,
      cover: zero,
      count: zero,
      setStart: new Int32Array(0),
      setBits: new Uint32Array(0),
      ...trees,
    },
    compare: 'le',
    single: false,
    missingAs: null,
    link: 'identity',
    objective: 'regression',
    levels: null,
    ...change,
  };
}

const flags = (flag: number) => ({ flags: Uint8Array.of(flag, 0, 0) });
const set = {
  threshold: new Float64Array(3),
  setStart: Int32Array.of(0, 2),
  setBits: Uint32Array.of(0b1010, 1),
};
const code: Partial<TreeEnsemble> = { features: [{ name: 'x', kind: 'category', categories: null }] };
const { category, defaultLeft, missingNone, missingZero } = nodeFlag;

// [what, ensemble, values, 1 for left and 2 for right each]
test.each<[string, TreeEnsemble, number[], number[]]>([
  ['less or equal', stump({}), [0.1, 0.1 + 2e-17, 0.09], [1, 2, 1]],
  ['less', stump({ compare: 'lt' }), [0.1, 0.09], [2, 1]],
  ['64 bits', stump({ compare: 'lt' }), [0.1 - 1e-15], [1]],
  ['32 bits', stump({ compare: 'lt', single: true }), [0.1 - 1e-15, 0.0999], [2, 1]],
  ['missing right', stump({}), [NaN], [2]],
  ['missing left', stump({}, flags(defaultLeft)), [NaN, 5], [1, 2]],
  ['None: missing is zero', stump({}, flags(missingNone)), [NaN], [1]],
  [
    'None: not the default',
    stump({}, { ...flags(missingNone | defaultLeft), threshold: Float64Array.of(-1, 0, 0) }),
    [NaN],
    [2],
  ],
  ['Zero: zero is missing', stump({}, flags(missingZero)), [0, -0, 1e-36, NaN, 2e-35], [2, 2, 2, 2, 1]],
  [
    'Zero: to the left',
    stump({}, { ...flags(missingZero | defaultLeft), threshold: Float64Array.of(-1, 0, 0) }),
    [0, NaN, 1],
    [1, 1, 2],
  ],
  ['CatBoost min', stump({ missingAs: ['min'] }), [NaN], [1]],
  ['CatBoost max', stump({ missingAs: ['max'] }), [NaN], [2]],
  ['a set of codes', stump(code, { ...flags(category), ...set }), [1, 3, 32, 0, 2, 33], [1, 1, 1, 2, 2, 2]],
  [
    'no code',
    stump(code, { ...flags(category), ...set }),
    [-1, 1.5, 64, 1e12, Infinity, NaN],
    [2, 2, 2, 2, 2, 2],
  ],
  [
    'a missing code to the left',
    stump(code, { ...flags(category | defaultLeft), ...set }),
    [NaN, -1],
    [1, 2],
  ],
  [
    'None: a missing code is none',
    stump(code, { ...flags(category | defaultLeft | missingNone), ...set }),
    [NaN],
    [2],
  ],
  ['factor and base', stump({ scale: 0.5, base: Float64Array.of(10) }), [0, 1], [10.5, 11]],
])('%s', (_name, ensemble, values, expected) => {
  validateEnsemble(ensemble);
  const column = Float64Array.from({ length: 100 }, (_, i) => values[i % values.length]);
  const wanted = Float64Array.from({ length: 100 }, (_, i) => expected[i % values.length]);
  for (const path of ['plain', 'kernel'] as const) {
    const predictor = createPredictor(ensemble, { path });
    expect(predictor.raw([column], 100)).toEqual([wanted]);
    const out = new Float64Array(1);
    for (let i = 0; i < values.length; i++) {
      predictor.row(Float64Array.of(values[i]), out);
      expect(out[0]).toBe(expected[i]);
    }
  }
});

test('leaves: node numbers', () => {
  expect([...createPredictor(stump({})).leaves([Float64Array.of(0, 1)], 2)]).toEqual([1, 2]);
});

test('links', () => {
  const row = new Float64Array(1);
  createPredictor(stump({ link: 'logistic' })).row(Float64Array.of(0), row);
  expect(row[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 15);
  createPredictor(stump({ link: 'exp' })).row(Float64Array.of(0), row);
  expect(row[0]).toBeCloseTo(Math.E, 15);
});

test('a column that is absent or short is named', () => {
  expect(() => createPredictor(stump({})).raw([], 1)).toThrow(/Column x/);
  expect(() => createPredictor(stump({})).raw([new Float64Array(2)], 3)).toThrow(/Column x has 2 values/);
});

test('the compiled kernel is that of the source', async () => {
  expect(await compileKernel('predict')).toContain(`'${kernelBytes}'`);
}, 120_000);

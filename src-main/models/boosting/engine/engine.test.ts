import { describe, expect, test } from 'vitest';
import { createRandom } from '../../random.ts';
import type { Random } from '../../random.ts';
import type { NodeTrees, SymmetricTrees } from '../ensemble.ts';
import { createEngine } from './engine.ts';
import { plainGrower } from './grower-fixture.ts';
import { growPlainly, growSymmetricPlainly } from './reference.ts';
import { countBits, scaleBits } from './fixed-point.ts';
import type {
  BinningOptions,
  DeviceData,
  Engine,
  EngineOptions,
  GrowerOptions,
  HistogramDevice,
  LevelQuestion,
} from './types.ts';

const xgboostBins: BinningOptions = { maxBin: 256, minDataInBin: 1, borders: 'xgboost', seed: 1 };
const lightgbmBins: BinningOptions = { maxBin: 255, minDataInBin: 1, borders: 'lightgbm', seed: 1 };
const catboostBins: BinningOptions = { maxBin: 254, minDataInBin: 1, borders: 'catboost', seed: 1 };

interface Problem {
  readonly columns: Float64Array[];
  readonly gradient: Float32Array;
  readonly hessian: Float32Array;
}

/** Numbers of few digits, so that sums are exact in both growers. */
function problem(random: Random, rows: number, width: number, missing = 0): Problem {
  const columns = Array.from({ length: width }, (_, f) =>
    Float64Array.from({ length: rows }, () =>
      random.next() < missing ? Number.NaN : random.integer(f % 2 === 0 ? 5 : 60) / 4,
    ),
  );
  const gradient = Float32Array.from(
    { length: rows },
    (_, i) => (columns[0][i] || 0) * 2 - (columns[width - 1][i] || 3) + random.integer(1024) / 128 - 4,
  );
  return { columns, gradient, hessian: new Float32Array(rows).fill(1) };
}

async function withEngine<T>(
  { columns, gradient, hessian }: Problem,
  binning: BinningOptions,
  options: GrowerOptions,
  work: (engine: Engine) => T,
  threads = 1,
  more: Partial<EngineOptions> & { readonly slots?: number } = {},
): Promise<T> {
  const { slots = 0, ...rest } = more;
  const engine = await createEngine(
    { rows: gradient.length, columns, categorical: columns.map(() => false), weight: null, slots },
    binning,
    options,
    { threads, ...rest },
  );
  try {
    engine.gradient.set(gradient);
    engine.hessian.set(hessian);
    return work(engine);
  } finally {
    await engine.close();
  }
}

/** Value of the tree for every row. */
function valuesOf(engine: Engine, rows: Uint32Array | null, constantHessian: boolean): Float64Array {
  const predicted = engine.floats(engine.rows);
  engine.addTo(predicted, engine.grow({ rows, constantHessian, tree: 0 }));
  return Float64Array.from(predicted);
}

async function expectPlain(
  given: Problem,
  binning: BinningOptions,
  options: GrowerOptions,
  constantHessian: boolean,
  drawn: Uint32Array | null = null,
): Promise<void> {
  const rows = drawn === null ? [...given.gradient.keys()] : [...drawn];
  const expected = new Map<number, number>();
  for (const leaf of growPlainly({ ...given, rows, options }))
    for (const i of leaf.rows) expected.set(i, leaf.value);
  await withEngine(given, binning, options, (engine) => {
    const values = valuesOf(engine, drawn, constantHessian);
    for (const [row, value] of expected) expect(values[row], `row ${row}`).toBeCloseTo(value, 6);
  });
}

const seeds = [1, 2, 3, 4, 5, 6];

describe('trees equal those of the plain grower', () => {
  const variants: Record<string, Partial<GrowerOptions>> = {
    depthwise: {},
    'with gamma': { minGain: 12 },
    'with alpha': { alpha: 6 },
    'with max_delta_step': { maxDeltaStep: 0.7 },
    'with min rows and hessian': { minRows: 9, minHessian: 6 },
    'with monotone constraints': { monotone: Int8Array.of(1, -1, 0, -1) },
    'with interaction constraints': {
      interactions: [
        [0, 1],
        [1, 2, 3],
      ],
    },
    lossguide: { policy: 'lossguide', maxDepth: 0, maxLeaves: 9 },
  };
  for (const [name, changes] of Object.entries(variants))
    test.each(seeds)(`XGBoost ${name}, seed %i`, async (seed) => {
      const random = createRandom(seed, 1);
      const options = { ...plainGrower, ...changes };
      await expectPlain(problem(random, 180, 4), xgboostBins, options, true);
      await expectPlain(problem(random, 180, 4, 0.2), xgboostBins, options, true);
    });

  const leafwise: GrowerOptions = {
    ...plainGrower,
    policy: 'leafwise',
    maxDepth: 0,
    maxLeaves: 11,
    lambda: 0,
    minHessian: 1e-3,
    minRows: 7,
  };
  const lightgbm: Record<string, Partial<GrowerOptions>> = {
    'as it is': {},
    'with path_smooth': { pathSmooth: 5 },
    'with min_gain_to_split': { minGain: 30 },
    'with a depth limit': { maxDepth: 3 },
  };
  for (const [name, changes] of Object.entries(lightgbm))
    test.each(seeds)(`LightGBM ${name}, seed %i`, async (seed) => {
      const random = createRandom(seed, 2);
      await expectPlain(problem(random, 220, 4, 0.1), lightgbmBins, { ...leafwise, ...changes }, true);
    });

  test.each(seeds)('weights, seed %i', async (seed) => {
    const random = createRandom(seed, 3);
    const given = problem(random, 200, 4, 0.1);
    const weight = Float32Array.from(given.gradient, () => (1 + random.integer(8)) / 2);
    const weighted = { ...given, gradient: given.gradient.map((g, i) => g * weight[i]), hessian: weight };
    await expectPlain(weighted, xgboostBins, plainGrower, false);
    await expectPlain(weighted, lightgbmBins, leafwise, false);
  });

  test.each(seeds)('drawn rows, seed %i: the rest is led down the tree', async (seed) => {
    const random = createRandom(seed, 4);
    const given = problem(random, 200, 4, 0.1);
    const drawn = Uint32Array.from(given.gradient.keys()).filter(() => random.next() < 0.6);
    await expectPlain(given, xgboostBins, plainGrower, true, drawn);
    await withEngine(given, xgboostBins, plainGrower, (engine) => {
      const tree = engine.grow({ rows: drawn, constantHessian: true, tree: 0 }).trees as NodeTrees;
      const leaf = leafNumbers(tree);
      given.gradient.forEach((_, row) =>
        expect(engine.leafOf[row]).toBe(leaf.get(walk(tree, given.columns, row))),
      );
    });
  });

  test.each(seeds)('symmetric, seed %i', async (seed) => {
    const random = createRandom(seed, 5);
    const given = problem(random, 160, 4);
    for (const score of ['cosine', 'l2'] as const) {
      const options = { ...plainGrower, policy: 'symmetric' as const, score, lambda: 3, minHessian: 0 };
      const expected = growSymmetricPlainly({ ...given, rows: [...given.gradient.keys()], options });
      await withEngine(given, catboostBins, options, (engine) => {
        const values = valuesOf(engine, null, seed % 2 === 0);
        for (const [row, value] of expected) expect(values[row], `row ${row}`).toBeCloseTo(value, 6);
      });
    }
  });
});

/** Node that a row ends in, by the values of the tree. */
function walk(tree: NodeTrees, columns: readonly Float64Array[], row: number, strict = true): number {
  let node = 0;
  while (tree.feature[node] >= 0) {
    const value = columns[tree.feature[node]][row];
    const goesLeft = Number.isNaN(value)
      ? (tree.flags[node] & 1) === 1
      : strict
        ? value < tree.threshold[node]
        : value <= tree.threshold[node];
    node = goesLeft ? tree.left[node] : tree.right[node];
  }
  return node;
}

function leafNumbers(tree: NodeTrees): Map<number, number> {
  const leaves = [...tree.feature.keys()].filter((node) => tree.feature[node] < 0);
  return new Map(leaves.map((node, leaf) => [node, leaf]));
}

describe('nothing depends on the number of threads', () => {
  const policies: [string, BinningOptions, Partial<GrowerOptions>][] = [
    ['depthwise', xgboostBins, { maxDepth: 6 }],
    ['leafwise', lightgbmBins, { policy: 'leafwise', maxDepth: 0, maxLeaves: 40, minRows: 5 }],
    ['symmetric', catboostBins, { policy: 'symmetric', maxDepth: 5, score: 'cosine', randomStrength: 1 }],
    ['16-bit bins', { ...xgboostBins, maxBin: 2000 }, { maxDepth: 6 }],
  ];
  test.each(policies)('%s', async (_, binning, changes) => {
    const random = createRandom(11);
    const rows = 40_000;
    const columns = Array.from({ length: 9 }, (_, f) =>
      Float64Array.from({ length: rows }, () =>
        f === 3 && random.next() < 0.1 ? Number.NaN : random.next() * 100,
      ),
    );
    const gradient = Float32Array.from(
      columns[0],
      (value, i) => Math.sin(value) + columns[1][i] / 50 - random.next(),
    );
    const hessian = Float32Array.from(gradient, () => 0.1 + random.next());
    const drawn = Uint32Array.from(gradient.keys()).filter((i) => i % 7 !== 0);
    const options = { ...plainGrower, ...changes };
    const grown = await Promise.all(
      [1, 2, 3, 7].map((threads) =>
        withEngine(
          { columns, gradient, hessian },
          binning,
          options,
          (engine) =>
            [true, false].flatMap((constantHessian) =>
              [null, drawn].map((rows, tree) => {
                const { trees } = engine.grow({ rows, constantHessian, tree });
                return { trees, leafOf: Int32Array.from(engine.leafOf) };
              }),
            ),
          threads,
        ),
      ),
    );
    expect(grown[1]).toEqual(grown[0]);
    expect(grown[2]).toEqual(grown[0]);
    expect(grown[3]).toEqual(grown[0]);
    expect(Math.max(...grown[0][0].leafOf)).toBeGreaterThan(10);
  });
});

describe('odd data', () => {
  const one = (columns: Float64Array[], gradient: number[]): Problem => ({
    columns,
    gradient: Float32Array.from(gradient),
    hessian: new Float32Array(gradient.length).fill(1),
  });
  const policies: [string, BinningOptions, GrowerOptions][] = [
    ['depthwise', xgboostBins, plainGrower],
    ['leafwise', lightgbmBins, { ...plainGrower, policy: 'leafwise', maxLeaves: 31 }],
    ['symmetric', catboostBins, { ...plainGrower, policy: 'symmetric', score: 'cosine' }],
  ];
  test.each(policies)('%s: one row is a leaf', async (_, binning, options) => {
    await withEngine(one([Float64Array.of(5)], [-2]), binning, options, (engine) => {
      expect(valuesOf(engine, null, true)).toEqual(Float64Array.of(0.5));
    });
  });
  test.each(policies)('%s: constant columns and columns without values', async (_, binning, options) => {
    const columns = [new Float64Array(6).fill(7), new Float64Array(6).fill(Number.NaN)];
    await withEngine(one(columns, [1, 2, 3, -1, -2, -9]), binning, options, (engine) => {
      expect(valuesOf(engine, null, true)).toEqual(new Float64Array(6).fill(3 / 7));
    });
  });
  test.each(policies)('%s: no columns', async (_, binning, options) => {
    await withEngine(one([], [1, 2, 3]), binning, options, (engine) => {
      expect(valuesOf(engine, null, false)).toEqual(new Float64Array(3).fill(-0.75));
    });
  });
  test.each(policies)('%s: gradients of zero', async (_, binning, options) => {
    await withEngine(one([Float64Array.of(1, 2, 3)], [0, 0, 0]), binning, options, (engine) => {
      expect(valuesOf(engine, null, true).every((value) => Math.abs(value) === 0)).toBe(true);
    });
  });
  test.each([Number.NaN, Number.POSITIVE_INFINITY])('a gradient of %d is an error', async (bad) => {
    await withEngine(one([Float64Array.of(1, 2)], [1, bad]), xgboostBins, plainGrower, (engine) => {
      expect(() => engine.grow({ rows: null, constantHessian: true, tree: 0 })).toThrow(
        /not a finite number/,
      );
    });
  });
});

describe('memory for histograms', () => {
  test.each(['depthwise', 'leafwise'] as const)(
    '%s: a tree that has too little is the same',
    async (policy) => {
      const given = problem(createRandom(21), 900, 4, 0.1);
      const options = { ...plainGrower, policy, maxDepth: 0, maxLeaves: policy === 'leafwise' ? 200 : 0 };
      const work = (engine: Engine) => engine.grow({ rows: null, constantHessian: true, tree: 0 });
      const ample = await withEngine(given, xgboostBins, options, work);
      const scarce = await withEngine(given, xgboostBins, options, work, 1, { histogramBytes: 1 });
      expect(ample.leaves).toBeGreaterThan(100);
      expect(scarce).toEqual(ample);
    },
  );

  test('a symmetric tree that has too little is refused', async () => {
    const options = { ...plainGrower, policy: 'symmetric' as const, maxDepth: 10 };
    await withEngine(
      problem(createRandom(22), 50, 2),
      catboostBins,
      options,
      (engine) =>
        expect(() => engine.grow({ rows: null, constantHessian: true, tree: 0 })).toThrow(/more memory/),
      1,
      { histogramBytes: 1 },
    );
  });
});

/** A device that sums plainly, on this thread. */
function plainDevice({
  memory,
  rows: all,
  quantised,
  columns,
}: DeviceData): HistogramDevice & { built: number } {
  let wide = false;
  let shift = 0n;
  const bytes = new Uint8Array(memory);
  return {
    name: 'plain',
    fromRows: 20,
    built: 0,
    begin(isWide, bits) {
      wide = isWide;
      shift = BigInt(bits);
    },
    build(rows, cells) {
      this.built++;
      cells.fill(0n);
      const whole = new Int32Array(memory, quantised, wide ? 2 * all : all);
      const step = wide ? 2 : 1;
      for (let i = 0; i < (rows?.length ?? all); i++) {
        const row = rows === null ? i : rows[i];
        for (const { block, lane, cell } of columns.columns) {
          const at = step * (cell + bytes[columns.blocks[block].address + 4 * row + lane]);
          const g = BigInt(whole[step * row]) << shift;
          cells[at] += wide ? g : g + 1n;
          if (wide) cells[at + 1] += (BigInt(whole[step * row + 1]) << shift) + 1n;
        }
      }
      return true;
    },
  };
}

test.each([true, false])('a device gives the same trees (hessians constant: %s)', async (constantHessian) => {
  const given = problem(createRandom(23), 400, 6, 0.1);
  given.hessian.forEach((_, i) => (given.hessian[i] = constantHessian ? 1 : 1 + (i % 3)));
  const grow = (engine: Engine) => engine.grow({ rows: null, constantHessian, tree: 0 });
  const expected = await withEngine(given, xgboostBins, plainGrower, grow);
  let device: ReturnType<typeof plainDevice> | null = null;
  const found = await withEngine(given, xgboostBins, plainGrower, grow, 2, {
    makeDevice: (data) => (device = plainDevice(data)),
  });
  expect(found).toEqual(expected);
  expect(device!.built).toBeGreaterThan(3);
});

test('a column that comes into a reserved place while a tree grows is asked about', async () => {
  const random = createRandom(24);
  const given = problem(random, 300, 3);
  const bins = Uint8Array.from({ length: 300 }, () => random.integer(4));
  given.gradient.forEach((g, i) => (given.gradient[i] = g + 50 * bins[i]));
  const options = { ...plainGrower, policy: 'symmetric' as const, score: 'l2' as const, maxDepth: 4 };
  const asked: LevelQuestion[][] = [];
  await withEngine(
    given,
    catboostBins,
    options,
    (engine) => {
      const grown = engine.grow({
        rows: null,
        constantHessian: true,
        tree: 0,
        beforeLevel: (questions) => {
          asked.push([...questions]);
          if (questions.length === 2) engine.setSlot(1, bins, Float64Array.of(0.5, 1.5, 2.5));
        },
      });
      const columns = [...given.columns, new Float64Array(300), Float64Array.from(bins)];
      const trees = grown.trees as SymmetricTrees;
      expect([...trees.feature.subarray(0, 2)]).not.toContain(4);
      expect(trees.feature[2]).toBe(4);
      for (let row = 0; row < 300; row++) {
        let leaf = 0;
        trees.feature.forEach((f, d) => (leaf |= Number(columns[f][row] > trees.border[d]) << d));
        expect(engine.leafOf[row]).toBe(leaf);
      }
      // sums of the leaves are those of their rows
      const sums = new Float64Array(grown.leaves);
      given.gradient.forEach((g, row) => (sums[engine.leafOf[row]] += g));
      trees.value.forEach((value, leaf) =>
        expect(value).toBeCloseTo((-0.5 * sums[leaf]) / (trees.weight[leaf] + 1), 4),
      );
    },
    2,
    { slots: 2 },
  );
  expect(asked.map((questions) => questions.length)).toEqual([0, 1, 2, 3]);
});

describe('whole numbers', () => {
  test.each([1, 2, 3, 1000, 65_535, 65_536, 2 ** 24 - 1, 2 ** 24, 2 ** 24 + 1, 2 ** 29])(
    '%d rows are counted',
    (n) => {
      expect(2 ** countBits(n)).toBeGreaterThan(n);
    },
  );
  test.each([
    [1, 1],
    [3, 100],
    [1e-30, 1e-27],
    [1e30, 2e35],
    [0.5, 2 ** 24],
  ])('gradients up to %d, %d in all, leave no room unused and none missing', (largest, sum) => {
    for (const rows of [1, 1000, 2 ** 24 + 5, 2 ** 28]) {
      const shift = countBits(rows);
      const bits = scaleBits(largest, sum, shift);
      expect(largest * 2 ** bits).toBeLessThanOrEqual(2 ** 30);
      expect(sum * 2 ** bits + rows / 2).toBeLessThan(2 ** (63 - shift));
      expect(largest * 2 ** bits >= 2 ** 29 || sum * 2 ** bits >= 2 ** (60 - shift)).toBe(true);
    }
  });
});

test('rows beyond the cache: every row 400 times gives the tree of the rows once', async () => {
  const times = 400;
  const once = problem(createRandom(3, 9), 200, 18, 0.1);
  const repeat = <T extends Float64Array | Float32Array>(of: T, into: T): T =>
    into.map((_, i) => of[i % 200]) as T;
  const many: Problem = {
    columns: once.columns.map((column) => repeat(column, new Float64Array(200 * times))),
    gradient: repeat(once.gradient, new Float32Array(200 * times)),
    hessian: repeat(once.hessian, new Float32Array(200 * times)),
  };
  const scaled = { ...plainGrower, lambda: times, minHessian: times, minRows: times };
  for (const constant of [true, false]) {
    const expected = await withEngine(once, xgboostBins, plainGrower, (engine) =>
      valuesOf(engine, null, constant),
    );
    for (const threads of [1, 3]) {
      const values = await withEngine(
        many,
        xgboostBins,
        scaled,
        (engine) => valuesOf(engine, null, constant),
        threads,
      );
      for (const row of [...once.gradient.keys()]) {
        expect(values[row], `row ${row}`).toBeCloseTo(expected[row], 9);
        expect(values[row + 200 * (times - 1)]).toBe(values[row]);
      }
    }
  }
});

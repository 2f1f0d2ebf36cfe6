import { describe, expect, test } from 'vitest';
import { createRandom } from '../../random.ts';
import { createEngine } from './engine.ts';
import { plainGrower } from './grower-fixture.ts';
import type { BinningOptions, Engine, GrowerOptions } from './types.ts';

const bins: BinningOptions = { maxBin: 255, minDataInBin: 3, borders: 'lightgbm', seed: 1 };
const leafwise: GrowerOptions = {
  ...plainGrower,
  policy: 'leafwise',
  maxDepth: 0,
  maxLeaves: 31,
  lambda: 0,
  minHessian: 1e-3,
  minRows: 5,
  learningRate: 0.1,
};

/** leaves are marked by ranges of 16,384 rows: more than one */
const rows = 20_000;
const random = createRandom(5);
/** few values, many values, missing values; seventeen columns make three blocks */
const columns = Array.from({ length: 17 }, (_, f) =>
  Float64Array.from({ length: rows }, () => {
    if (f === 2 && random.next() < 0.2) return Number.NaN;
    return f % 4 === 0 ? random.integer(3 + f) : random.next() * 40 - 20;
  }),
);
const gradient = Float32Array.from(
  columns[1],
  (value, i) => Math.sin(value) + columns[0][i] / 3 + (columns[2][i] || 9) / 10 - 3 * random.next(),
);
const hessian = Float32Array.from(gradient, () => 0.2 + random.next());
const drawn = Uint32Array.from(gradient.keys()).filter((i) => i % 5 !== 2);

async function inEngine<T>(
  options: GrowerOptions,
  threads: number,
  work: (engine: Engine) => T | Promise<T>,
): Promise<T> {
  const given = { rows, columns, categorical: columns.map(() => false), weight: null };
  const engine = await createEngine(given, bins, options, { threads });
  try {
    engine.gradient.set(gradient);
    engine.hessian.set(hessian);
    return await work(engine);
  } finally {
    await engine.close();
  }
}

const grow = (options: GrowerOptions, threads: number): Promise<unknown> =>
  inEngine(options, threads, (engine) =>
    [true, false].flatMap((constantHessian) =>
      [null, drawn].map((chosen, tree) => {
        const { trees, leaves } = engine.grow({ rows: chosen, constantHessian, tree });
        return { trees, leaves, leafOf: Int32Array.from(engine.leafOf) };
      }),
    ),
  );

const bytes = (numbers: unknown): Uint8Array => new Uint8Array((numbers as Int32Array).buffer);

describe('a tree that grows in the kernel is the one that grows a split at a time', () => {
  // constraints that allow everything: their trees are grown from here, node by node
  const free = [[...columns.keys()]];
  const variants: Record<string, Partial<GrowerOptions>> = {
    'of 31 leaves': {},
    'of 2 leaves': { maxLeaves: 2 },
    'of 3 leaves': { maxLeaves: 3 },
    'with more leaves than there are splits': { maxLeaves: 500, minRows: 60 },
    'of little depth': { maxLeaves: 100, maxDepth: 4 },
    'with a least gain and a penalty': { minGain: 3, lambda: 2 },
    'whose root cannot be split': { minRows: 4_000 },
    'with half the columns': { columnShare: { tree: 0.3, level: 1, node: 1 } },
  };
  test.each(Object.entries(variants))('%s', async (_, changes) => {
    const options = { ...leafwise, ...changes };
    const oneByOne = await grow({ ...options, interactions: free }, 1);
    for (const threads of [1, 2, 5]) expect(await grow(options, threads)).toEqual(oneByOne);
  });
});

test('what was divided in vain changes neither the tree nor the rows of its leaves', async () => {
  const grown = (engine: Engine): unknown[] => {
    const { trees } = engine.grow({ rows: null, constantHessian: true, tree: 0 });
    return [trees, Int32Array.from(engine.leafOf)];
  };
  const [trees, leafOf] = await inEngine(leafwise, 1, grown);
  await inEngine(leafwise, 3, async (engine) => {
    // threads take their time to start, and one alone divides nothing in vain
    await new Promise((resolve) => setTimeout(resolve, 400));
    for (let tree = 0; tree < 200; tree++) {
      const [ours, rowsOf] = grown(engine);
      expect(ours).toEqual(trees);
      expect(Buffer.compare(bytes(rowsOf), bytes(leafOf))).toBe(0);
    }
  });
});

test('the engine subtracts targets from scores', async () => {
  const found = await inEngine(leafwise, 2, (engine) => {
    const [scores, target] = [engine.floats(rows), engine.floats(rows)];
    scores.set(columns[1]);
    target.set(columns[3]);
    engine.subtract(scores, target);
    return Float32Array.from(engine.gradient);
  });
  expect(found).toEqual(Float32Array.from(columns[1], (value, i) => value - columns[3][i]));
});

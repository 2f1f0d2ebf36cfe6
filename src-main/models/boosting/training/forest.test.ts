/** What forests do by rules of their own; that whole trees equal scikit-learn's is tested in tests/golden/forest.test.ts. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../../random.ts';
import type { NodeTrees } from '../ensemble.ts';
import { treeModels } from '../params/tree-models.ts';
import type { TreeType } from '../params/tree-models.ts';
import { createPredictor } from '../predict/predictor.ts';
import type { TrainingSet } from './config.ts';
import { problemOf } from './present.ts';
import { prune } from './prune.ts';
import { train } from './train.ts';

const setOf = (
  columns: readonly (readonly number[])[],
  target: readonly number[],
  categorical: readonly number[] = [],
): TrainingSet => ({
  rows: target.length,
  names: columns.map((_, f) => `f${f}`),
  columns: columns.map((column) => Float64Array.from(column)),
  categorical: columns.map((_, f) => categorical.includes(f)),
  categories: null,
  target: Float64Array.from(target),
  weight: null,
});

async function grow(type: TreeType, set: TrainingSet, params: Record<string, unknown>, seed = 1) {
  const plan = treeModels[type].plan({ min_samples_leaf: 1, ...params }, []);
  return (await train(set, plan.config(problemOf(set, 1, seed)), { threads: 1 })).ensemble;
}

const noise = (n: number, seed: number): number[] => {
  const random = createRandom(seed);
  return Array.from({ length: n }, () => random.next());
};

test('the unit of the target changes no tree', async () => {
  const columns = [noise(200, 1), noise(200, 2)];
  const target = columns[0].map((x, i) => Math.sin(6 * x) + columns[1][i] + 0.1 * Math.cos(i));
  const plain = (await grow('decision_tree', setOf(columns, target), { min_samples_leaf: 4 }))
    .trees as NodeTrees;
  const tiny = setOf(
    columns,
    target.map((y) => y * 2 ** -20),
  );
  const small = (await grow('decision_tree', tiny, { min_samples_leaf: 4 })).trees as NodeTrees;
  expect(small.feature).toEqual(plain.feature);
  expect(small.threshold).toEqual(plain.threshold);
  expect(plain.feature.length).toBeGreaterThan(20);
});

test('equal targets are not divided, however far they lie from the mean', async () => {
  const columns = [noise(300, 3)];
  const target = columns[0].map((x) => (x > 0.7 ? 1e6 / 3 : 0.1));
  expect(((await grow('decision_tree', setOf(columns, target), {})).trees as NodeTrees).feature).toHaveLength(
    3,
  );
});

test('categories are divided as well as any two sets of them can be', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 1e6 }), async (seed) => {
      const random = createRandom(seed);
      const codes = Array.from({ length: 40 }, () => random.integer(5));
      const target = codes.map((code) => Math.round(64 * (((code * 7) % 5) + 3 * random.next())) / 64);
      const tree = (await grow('decision_tree', setOf([codes], target, [0]), { max_depth: 1 }))
        .trees as NodeTrees;
      let best = 0;
      for (let set = 1; set < 31; set++) {
        const sums = [0, 0];
        const rows = [0, 0];
        codes.forEach((code, i) => {
          sums[(set >> code) & 1] += target[i];
          rows[(set >> code) & 1]++;
        });
        const all = (sums[0] + sums[1]) ** 2 / 40;
        if (rows[0] > 0 && rows[1] > 0)
          best = Math.max(best, sums[0] ** 2 / rows[0] + sums[1] ** 2 / rows[1] - all);
      }
      expect(tree.gain[0] / best).toBeCloseTo(1, 5);
    }),
    { numRuns: 25 },
  );
});

test('with categorical_features none a category is a number', async () => {
  const codes = Array.from({ length: 60 }, (_, i) => i % 4);
  const target = codes.map((code, i) => (code % 2) * 10 + (i % 3) / 10);
  const params = { max_depth: 1, min_samples_leaf: 2 };
  const asSet = createPredictor(await grow('decision_tree', setOf([codes], target, [0]), params));
  const asNumber = createPredictor(
    await grow('decision_tree', setOf([codes], target, [0]), { ...params, categorical_features: 'none' }),
  );
  const all = [Float64Array.of(0, 1, 2, 3)];
  const [sets] = asSet.predict(all, 4);
  expect(sets[0]).toBe(sets[2]);
  expect(sets[1]).toBe(sets[3]);
  expect(sets[0]).not.toBe(sets[1]);
  const [numbers] = asNumber.predict(all, 4);
  expect(numbers[0]).not.toBe(numbers[2]);
});

test('the draw of columns goes on until one can divide the node', async () => {
  // one column that says something and nine that hold a single value but for one row, which only some nodes have
  const n = 64;
  const useful = Array.from({ length: n }, (_, i) => i);
  const dull = Array.from({ length: 9 }, (_, f) => Array.from({ length: n }, (__, i) => (i === f ? 1 : 0)));
  const set = setOf(
    [useful, ...dull],
    useful.map((x) => x * x),
  );
  for (let seed = 1; seed < 6; seed++) {
    const tree = (await grow('decision_tree', set, { max_features: 1 / 10, random_state: seed }))
      .trees as NodeTrees;
    // every row differs, so a whole tree has one leaf for each
    expect(tree.feature.filter((f) => f < 0)).toHaveLength(n);
  }
});

test('a missing value goes with most rows where a node never saw one', async () => {
  const x = [...new Array<number>(30).fill(1), ...new Array<number>(10).fill(2)];
  const ensemble = await grow(
    'decision_tree',
    setOf(
      [x],
      x.map((value) => 10 * value),
    ),
    {},
  );
  const [predicted] = createPredictor(ensemble).predict([Float64Array.of(1, 2, Number.NaN)], 3);
  expect([...predicted]).toEqual([10, 20, 10]);
});

test('rows with twice the weight are drawn twice as often, and count for the draws alone', async () => {
  const n = 2000;
  const set = {
    ...setOf(
      [noise(n, 5)],
      Array.from({ length: n }, (_, i) => i % 2),
    ),
    weight: Float64Array.from({ length: n }, (_, i) => 1 + (i % 2)),
  };
  const ensemble = await grow('random_forest', set, { n_estimators: 20, max_depth: 1 });
  const trees = ensemble.trees as NodeTrees;
  expect(trees.cover[trees.start[3]]).toBe(n);
  const [all] = createPredictor(ensemble).predict([new Float64Array(1).fill(0.5)], 1);
  expect(all[0]).toBeGreaterThan(0.6);
  expect(all[0]).toBeLessThan(0.73);
});

test('pruning leaves the cheapest tree, and its numbers fit together', async () => {
  const columns = [noise(150, 8), noise(150, 9)];
  const target = columns[0].map((x, i) => Math.round(4 * x) + columns[1][i] / 3);
  const whole = (await grow('decision_tree', setOf(columns, target), {})).trees as NodeTrees;
  expect(prune(whole, 0)).toBe(whole);
  let before = whole.feature.length;
  for (const price of [1e-4, 0.01, 0.1, 1, 1e9]) {
    const pruned = prune(whole, price);
    const nodes = pruned.feature.length;
    expect(nodes).toBeLessThanOrEqual(before);
    before = nodes;
    pruned.feature.forEach((f, node) => {
      if (f < 0) return;
      expect(pruned.count[pruned.left[node]] + pruned.count[pruned.right[node]]).toBe(pruned.count[node]);
      // its branch pays for its leaves
      const branch = (at: number): number =>
        pruned.feature[at] < 0
          ? 0
          : pruned.gain[at] - price + branch(pruned.left[at]) + branch(pruned.right[at]);
      expect(branch(node)).toBeGreaterThan(0);
    });
  }
  expect(before).toBe(1);
});

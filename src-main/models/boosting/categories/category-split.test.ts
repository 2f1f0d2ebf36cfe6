import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findCategorySplit } from './category-split.ts';
import type { CategoryHistogram, CategorySplitRules, NodeSums } from './category-split.ts';

const lightgbm: CategorySplitRules = {
  dialect: 'lightgbm',
  oneHotUpTo: 4,
  maxThreshold: 32,
  smooth: 2,
  l2: 1,
  minDataPerGroup: 5,
  lambda: 0.5,
  alpha: 0,
  maxDeltaStep: 0,
  pathSmooth: 0,
  minHessian: 1e-3,
  minRows: 3,
};
const xgboost: CategorySplitRules = {
  ...lightgbm,
  dialect: 'xgboost',
  maxThreshold: 64,
  smooth: 0,
  l2: 0,
  minDataPerGroup: 0,
  minHessian: 0,
  minRows: 0,
};

interface Category {
  readonly gradient: number;
  readonly rows: number;
}

const categories = (most: number) =>
  fc.array(
    fc.record({
      gradient: fc.double({ min: -50, max: 50, noNaN: true }),
      rows: fc.integer({ min: 1, max: 60 }),
    }),
    {
      minLength: 2,
      maxLength: most,
    },
  );

function sumsOf(
  list: readonly Category[],
  missing: Category = { gradient: 0, rows: 0 },
): [CategoryHistogram, NodeSums] {
  const rows = Float64Array.from(list, (c) => c.rows);
  const gradient = Float64Array.from(list, (c) => c.gradient);
  const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
  const count = total(rows) + missing.rows;
  return [
    { gradient, hessian: rows, count: rows, begin: 0, bins: list.length },
    { gradient: total(gradient) + missing.gradient, hessian: count, count, output: 0 },
  ];
}

/** Gain of putting the categories whose bits are set on one side, without regularisation. */
function gainOf(list: readonly Category[], bits: number): number {
  let [g, h, allG, allH] = [0, 0, 0, 0];
  list.forEach(({ gradient, rows }, i) => {
    allG += gradient;
    allH += rows;
    if ((bits >> i) & 1) {
      g += gradient;
      h += rows;
    }
  });
  return g ** 2 / h + (allG - g) ** 2 / (allH - h) - allG ** 2 / allH;
}

describe.each([
  ['LightGBM', lightgbm],
  ['XGBoost', xgboost],
] as const)('%s', (_name, rules) => {
  test('sums and gain belong to the set', () => {
    fc.assert(
      fc.property(
        categories(40),
        fc.record({ gradient: fc.double({ min: -9, max: 9, noNaN: true }), rows: fc.nat(9) }),
        (list, missing) => {
          const [histogram, node] = sumsOf(list, missing);
          const split = findCategorySplit(histogram, node, rules);
          if (split === null) return;
          expect(split.gain).toBeGreaterThan(0);
          const inside = [...split.set].reduce(
            (sum, c) => sum + list[c].rows,
            split.missingInside ? missing.rows : 0,
          );
          expect(split.inside.count).toBe(inside);
          expect(split.inside.count + split.outside.count).toBe(node.count);
          expect([...split.set]).toEqual([...new Set(split.set)].sort((a, b) => a - b));
          expect(Math.min(inside, node.count - inside)).toBeGreaterThanOrEqual(rules.minRows);
        },
      ),
    );
  });

  test('the order of codes changes nothing', () => {
    fc.assert(
      fc.property(categories(30), fc.infiniteStream(fc.nat(1e6)), (list, keys) => {
        const order = list.map((_, i) => ({ i, key: keys.next().value as number }));
        order.sort((a, b) => a.key - b.key || a.i - b.i);
        // equal means would be taken in the order of codes
        const means = list.map(
          (c) => c.gradient / (c.rows + rules.smooth + (rules.smooth === 0 ? rules.lambda : 0)),
        );
        fc.pre(new Set(means.map(Math.fround)).size === list.length);
        const [histogram, node] = sumsOf(list);
        const [other] = sumsOf(order.map(({ i }) => list[i]));
        const split = findCategorySplit(histogram, node, rules);
        const moved = findCategorySplit(other, node, rules);
        expect(moved?.gain ?? 0).toBeCloseTo(split?.gain ?? 0, 6);
      }),
    );
  });
});

test('without limits the best of all partitions is found', () => {
  const free = { ...xgboost, lambda: 0, oneHotUpTo: 0 };
  fc.assert(
    fc.property(categories(8), (list) => {
      const [histogram, node] = sumsOf(list);
      let best = 0;
      for (let bits = 1; bits < 2 ** list.length - 1; bits++) best = Math.max(best, gainOf(list, bits));
      expect(findCategorySplit(histogram, node, free)?.gain ?? 0).toBeCloseTo(best, 4);
    }),
  );
});

test('XGBoost sends missing values where they gain most, LightGBM leaves them outside', () => {
  const list = [-8, -6, 5, 7, 6].map((gradient) => ({ gradient, rows: 10 }));
  for (const gradient of [-20, 20]) {
    const [histogram, node] = sumsOf(list, { gradient, rows: 20 });
    const split = findCategorySplit(histogram, node, xgboost);
    const negativeInside = split?.set.includes(0) === true;
    expect(split?.missingInside).toBe(negativeInside === gradient < 0);
    expect(findCategorySplit(histogram, node, lightgbm)?.missingInside).toBe(false);
  }
});

test('LightGBM passes over categories with less than cat_smooth rows and groups below min_data_per_group', () => {
  const list = [9, -9, 8, -8, 1, 0].map((gradient, i) => ({ gradient, rows: i === 0 ? 3 : 20 }));
  const [histogram, node] = sumsOf(list);
  const split = findCategorySplit(histogram, node, { ...lightgbm, smooth: 5 });
  expect([...(split?.set ?? [])]).not.toContain(0);
  expect(findCategorySplit(histogram, node, { ...lightgbm, minDataPerGroup: 60 })).toBeNull();
});

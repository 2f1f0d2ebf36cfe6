import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../random.ts';
import { treeCount } from '../ensemble.ts';
import type { NodeTrees, TreeEnsemble } from '../ensemble.ts';
import { catboostParams, catboostPlan } from '../params/catboost.ts';
import {
  decisionTreeParams,
  decisionTreePlan,
  extraTreesParams,
  extraTreesPlan,
  randomForestParams,
  randomForestPlan,
} from '../params/forest.ts';
import { lightgbmParams, lightgbmPlan } from '../params/lightgbm.ts';
import type { Plan } from '../params/plan.ts';
import { xgboostParams, xgboostPlan } from '../params/xgboost.ts';
import { createPredictor } from '../predict/predictor.ts';
import type { TrainingSet } from './config.ts';
import { problemOf } from './present.ts';
import { train } from './train.ts';
import type { Trained, TrainHooks } from './train.ts';

type Raw = Record<string, unknown>;
const whole = { learning_rate: 0.2 };
/** Each type without sampling, so that what must change nothing changes nothing at all. */
const plans: Readonly<Record<string, (raw?: Raw) => Plan>> = {
  xgboost: (raw) =>
    xgboostPlan(
      xgboostParams.parse({
        ...whole,
        n_estimators: 12,
        max_depth: 4,
        min_child_weight: 5,
        subsample: 1,
        colsample_bytree: 1,
        ...raw,
      }),
      [],
    ),
  lossguide: (raw) => plans.xgboost({ grow_policy: 'lossguide', max_depth: 0, max_leaves: 9, ...raw }),
  lightgbm: (raw) =>
    lightgbmPlan(
      lightgbmParams.parse({
        ...whole,
        num_iterations: 12,
        num_leaves: 9,
        min_data_in_leaf: 5,
        bagging_freq: 0,
        feature_fraction: 1,
        ...raw,
      }),
      [],
    ),
  catboost: (raw) =>
    catboostPlan(
      catboostParams.parse({
        ...whole,
        iterations: 12,
        depth: 4,
        bootstrap_type: 'No',
        random_strength: 0,
        rsm: 1,
        ...raw,
      }),
      [],
    ),
  decision_tree: (raw) => decisionTreePlan(decisionTreeParams.parse({ min_samples_leaf: 5, ...raw })),
  best_first: (raw) => plans.decision_tree({ max_leaf_nodes: 20, ...raw }),
  random_forest: (raw) =>
    randomForestPlan(
      randomForestParams.parse({ n_estimators: 3, min_samples_leaf: 5, bootstrap: false, ...raw }),
    ),
  extra_trees: (raw) =>
    extraTreesPlan(extraTreesParams.parse({ n_estimators: 3, min_samples_leaf: 5, ...raw })),
};
/** Names of scikit-learn instead of the boosters'. */
const isForest = (type: string): boolean => !['xgboost', 'lossguide', 'lightgbm', 'catboost'].includes(type);
const types = Object.keys(plans);
const nodeTypes = types.filter((type) => type !== 'catboost');

/** Four columns, the third with holes; few distinct values, so that every library's bins are the values themselves. */
function problem(seed: number, rows = 300): TrainingSet {
  const random = createRandom(seed);
  const columns = Array.from({ length: 4 }, (_, f) =>
    Float64Array.from({ length: rows }, () =>
      f === 2 && random.next() < 0.2 ? Number.NaN : random.integer(40) / 8,
    ),
  );
  const target = Float64Array.from(
    columns[0],
    (x, i) =>
      Math.round(64 * (10 * Math.sin(x) + columns[1][i] * (columns[2][i] || 1) + 2 * random.next())) / 64,
  );
  const names = columns.map((_, f) => `f${f}`);
  return {
    rows,
    names,
    columns,
    categorical: columns.map(() => false),
    categories: null,
    target,
    weight: null,
  };
}

const fit = (set: TrainingSet, plan: Plan, hooks: Partial<TrainHooks> = {}, seed = 1): Promise<Trained> =>
  train(set, plan.config(problemOf(set, 1, seed)), { threads: 1, ...hooks });

const predict = (ensemble: TreeEnsemble, set: TrainingSet): number[] => [
  ...createPredictor(ensemble).predict(set.columns, set.rows)[0],
];

function expectClose(found: readonly number[], expected: readonly number[]): void {
  found.forEach((value, i) => expect(value, `row ${i}`).toBeCloseTo(expected[i], 3));
}

const reorder = (set: TrainingSet, order: readonly number[]): TrainingSet => ({
  ...set,
  columns: set.columns.map((column) => Float64Array.from(order, (i) => column[i])),
  target: Float64Array.from(order, (i) => set.target[i]),
  weight: set.weight === null ? null : Float64Array.from(order, (i) => set.weight![i]),
});

const seeds = fc.integer({ min: 0, max: 1000 });
const values = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe.each(types)('%s', (type) => {
  test('a constant column changes nothing', async () => {
    await fc.assert(
      // extra_trees draws by the columns' numbers: there the column comes last
      fc.asyncProperty(
        seeds,
        type === 'extra_trees' ? fc.constant(4) : fc.nat(4),
        values,
        async (seed, place, value) => {
          const set = problem(seed);
          const more: TrainingSet = {
            ...set,
            names: set.names.toSpliced(place, 0, 'same'),
            columns: set.columns.toSpliced(place, 0, new Float64Array(set.rows).fill(value)),
            categorical: [...set.categorical, false],
          };
          const plain = await fit(set, plans[type]());
          expect(predict((await fit(more, plans[type]())).ensemble, more)).toEqual(
            predict(plain.ensemble, set),
          );
        },
      ),
      { numRuns: 4 },
    );
  });

  test('the order of rows changes nothing but rounding', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, seeds, async (seed, turn) => {
        const set = problem(seed);
        const random = createRandom(turn);
        const order = [...set.target.keys()]
          .map((i) => ({ i, at: random.next() }))
          .sort((a, b) => a.at - b.at);
        const turned = reorder(
          set,
          order.map(({ i }) => i),
        );
        const plain = predict((await fit(set, plans[type]())).ensemble, set);
        expectClose(predict((await fit(turned, plans[type]())).ensemble, set), plain);
      }),
      { numRuns: 3 },
    );
  });

  test('rows of weight 0 are as good as absent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1000 }), async (seed) => {
        const set = problem(seed, 200);
        const random = createRandom(seed, 1);
        const weight = Float64Array.from(set.target, () => random.integer(3));
        const noisy = {
          ...set,
          weight,
          target: set.target.map((value, i) => (weight[i] === 0 ? 1e9 : value)),
        };
        const kept = [...weight.keys()].filter((i) => weight[i] > 0);
        const short = { ...reorder({ ...set, weight }, kept), rows: kept.length };
        const [a, b] = [await fit(noisy, plans[type]()), await fit(short, plans[type]())];
        expect(predict(a.ensemble, set)).toEqual(predict(b.ensemble, set));
      }),
      { numRuns: 5 },
    );
  });

  test('the number of threads changes no bit', async () => {
    const set = problem(3, 3000);
    const one = await fit(set, plans[type](), { threads: 1 });
    const two = await fit(set, plans[type](), { threads: 2 });
    expect(two.ensemble.trees).toEqual(one.ensemble.trees);
  });

  test('gains are not negative', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const { ensemble } = await fit(problem(seed), plans[type]());
        expect([...ensemble.trees.gain].every((gain) => gain >= 0)).toBe(true);
        expect([...ensemble.trees.gain].some((gain) => gain > 0)).toBe(true);
      }),
      { numRuns: 5 },
    );
  });

  test('every tree holds the weight of all rows', async () => {
    const random = createRandom(3);
    const set = { ...problem(4), weight: Float64Array.from({ length: 300 }, () => 1 + random.integer(3)) };
    const total = set.weight.reduce((sum, w) => sum + w, 0);
    const { ensemble } = await fit(set, plans[type]());
    const { trees } = ensemble;
    for (let t = 0; t < treeCount(ensemble); t++) {
      if (trees.shape === 'nodes') expect(trees.cover[trees.start[t]]).toBeCloseTo(total, 2);
      else {
        const weights = trees.weight.slice(trees.leafStart[t], trees.leafStart[t + 1]);
        expect(weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(total, 2);
      }
    }
  });

  test('monotone constraints hold between any two points', async () => {
    const sign = fc.constantFrom(-1, 1);
    await fc.assert(
      fc.asyncProperty(seeds, sign, sign, async (seed, first, second) => {
        const set = problem(seed, 200);
        const key = isForest(type) ? 'monotonic_cst' : 'monotone_constraints';
        const { ensemble } = await fit(set, plans[type]({ [key]: { f0: first, f1: second } }));
        const predictor = createPredictor(ensemble);
        const grid = Array.from(
          { length: 20 * 10 },
          (_, i) => [(i % 20) / 4, Math.floor(i / 20) / 2] as const,
        );
        for (const f2 of [Number.NaN, 0.4, 3]) {
          const fixed = [new Float64Array(grid.length).fill(f2), new Float64Array(grid.length).fill(2)];
          const columns = [
            Float64Array.from(grid, ([a]) => a),
            Float64Array.from(grid, ([, b]) => b),
            ...fixed,
          ];
          const [at] = predictor.predict(columns, grid.length);
          grid.forEach(([a], i) => {
            if (a < 4.75) expect(first * (at[i + 1] - at[i])).toBeGreaterThanOrEqual(-1e-6);
            if (i + 20 < grid.length) expect(second * (at[i + 20] - at[i])).toBeGreaterThanOrEqual(-1e-6);
          });
        }
      }),
      { numRuns: 4 },
    );
  });
});

describe.each(nodeTypes)('%s: nodes', (type) => {
  test('counts and covers of children add up to their parent, and the root holds every row', async () => {
    const set = problem(6);
    const { ensemble } = await fit(set, plans[type]());
    const trees = ensemble.trees as NodeTrees;
    for (let t = 0; t < treeCount(ensemble); t++) {
      const root = trees.start[t];
      expect(trees.count[root]).toBe(set.rows);
      for (let node = root; node < trees.start[t + 1]; node++) {
        if (trees.feature[node] < 0) continue;
        const [left, right] = [root + trees.left[node], root + trees.right[node]];
        expect(trees.count[left] + trees.count[right]).toBe(trees.count[node]);
        expect(trees.cover[left] + trees.cover[right]).toBeCloseTo(trees.cover[node], 3);
        expect(trees.count[left]).toBeGreaterThanOrEqual(5);
      }
    }
  });

  test('columns of different groups never meet on a path', async () => {
    if (isForest(type)) return; // take none
    const { ensemble } = await fit(
      problem(7),
      plans[type]({
        interaction_constraints: [
          ['f0', 'f1'],
          ['f2', 'f3'],
        ],
      }),
    );
    const trees = ensemble.trees as NodeTrees;
    const visit = (root: number, node: number, seen: ReadonlySet<number>): void => {
      const f = trees.feature[root + node];
      if (f < 0) return;
      const met = new Set([...seen, f < 2 ? 0 : 1]);
      expect(met.size).toBe(1);
      visit(root, trees.left[root + node], met);
      visit(root, trees.right[root + node], met);
    };
    for (let t = 0; t < treeCount(ensemble); t++) visit(trees.start[t], 0, new Set());
  });
});

describe('the loop', () => {
  test('goes on from an ensemble as if it had never stopped', async () => {
    const set = problem(8);
    for (const type of ['xgboost', 'lightgbm', 'catboost']) {
      const rounds =
        type === 'xgboost' ? 'n_estimators' : type === 'lightgbm' ? 'num_iterations' : 'iterations';
      const whole20 = await fit(set, plans[type]({ [rounds]: 20 }));
      const first = await fit(set, plans[type]({ [rounds]: 8 }));
      const rest = await fit(set, plans[type]({ [rounds]: 12 }), { init: first.ensemble });
      expect(treeCount(rest.ensemble)).toBe(20);
      expectClose(predict(rest.ensemble, set), predict(whole20.ensemble, set));
    }
  });

  test('stops early at the best round of the validation rows, and keeps the trees up to it', async () => {
    const set = problem(9);
    const noise = createRandom(1);
    const noisy = { ...set, target: set.target.map((value) => value + 20 * (noise.next() - 0.5)) };
    const other = {
      ...problem(10),
      target: problem(10).target.map((value) => value + 20 * (noise.next() - 0.5)),
    };
    for (const plan of [
      plans.xgboost({ n_estimators: 300, early_stopping_rounds: 5 }),
      plans.lightgbm({ num_iterations: 300, early_stopping_round: 5 }),
    ]) {
      const { ensemble, bestRound, history } = await fit(noisy, plan, { validation: other });
      const curve = history.find(({ set: name }) => name === 'validation');
      expect(treeCount(ensemble)).toBe(bestRound);
      expect(curve?.values[bestRound - 1]).toBe(Math.min(...(curve?.values ?? [])));
      expect(curve?.values).toHaveLength(bestRound + 5);
      const error = predict(ensemble, other).map((value, i) => (value - other.target[i]) ** 2);
      const rmse = Math.sqrt(error.reduce((sum, e) => sum + e, 0) / error.length);
      expect(rmse).toBeCloseTo(curve?.values[bestRound - 1] ?? 0, 6);
    }
  });

  test('a callback ends it', async () => {
    const rounds: number[] = [];
    const { ensemble } = await fit(problem(11), plans.xgboost(), {
      callbacks: [
        ({ round }) => {
          rounds.push(round);
          return round === 3 ? 'stop' : undefined;
        },
      ],
    });
    expect(rounds).toEqual([1, 2, 3]);
    expect(treeCount(ensemble)).toBe(3);
  });

  test('an objective of your own', async () => {
    const set = problem(12);
    const plan = plans.xgboost();
    const custom: Plan = {
      ...plan,
      config: (given) => {
        const config = plan.config(given);
        const { objective } = config;
        return { ...config, objective: { ...objective, name: 'own', constantHessian: false } };
      },
    };
    expectClose(
      predict((await fit(set, custom)).ensemble, set),
      predict((await fit(set, plan)).ensemble, set),
    );
  });

  test('the same seed gives the same sampled trees, another seed others', async () => {
    const set = problem(13);
    const sampled = [
      xgboostPlan(xgboostParams.parse({ n_estimators: 5, min_child_weight: 5, colsample_bynode: 0.7 }), []),
      lightgbmPlan(
        lightgbmParams.parse({
          num_iterations: 5,
          min_data_in_leaf: 5,
          boosting: 'goss',
          learning_rate: 0.9,
        }),
        [],
      ),
      catboostPlan(catboostParams.parse({ iterations: 5 }), []),
      catboostPlan(catboostParams.parse({ iterations: 5, bootstrap_type: 'Bayesian' }), []),
      randomForestPlan(randomForestParams.parse({ n_estimators: 5 })),
      extraTreesPlan(extraTreesParams.parse({ n_estimators: 5 })),
    ];
    for (const plan of sampled) {
      const [a, b, c] = [await fit(set, plan), await fit(set, plan), await fit(set, plan, {}, 2)];
      expect(b.ensemble).toEqual(a.ensemble);
      expect(c.ensemble.trees).not.toEqual(a.ensemble.trees);
    }
  });

  test('several quantiles in one model, one tree each per round or, as in CatBoost, one for all', async () => {
    const set = problem(14, 1500);
    for (const [plan, trees] of [
      [plans.xgboost({ objective: 'reg:quantileerror', quantile_alpha: [0.1, 0.9], n_estimators: 60 }), 120],
      [plans.lightgbm({ objective: 'quantile', alpha: [0.1, 0.9], num_iterations: 60 }), 120],
      [plans.catboost({ loss_function: 'MultiQuantile:alpha=0.1,0.9', iterations: 60 }), 60],
    ] as const) {
      const { ensemble } = await fit(set, plan);
      expect(treeCount(ensemble)).toBe(trees);
      const [low, high] = createPredictor(ensemble).predict(set.columns, set.rows);
      const inside = set.target.filter((y, i) => y >= low[i] && y <= high[i]).length / set.rows;
      expect(inside).toBeGreaterThan(0.7);
      expect(inside).toBeLessThan(0.9);
    }
  });

  test('a boosted forest takes smaller steps by several trees', async () => {
    const set = problem(15);
    const { ensemble } = await fit(
      set,
      plans.xgboost({ n_estimators: 4, num_parallel_tree: 3, subsample: 0.7 }),
    );
    expect(treeCount(ensemble)).toBe(12);
    expect(ensemble.treesPerRound).toBe(3);
    const single = await fit(set, plans.xgboost({ n_estimators: 4 }));
    const together = await fit(set, plans.xgboost({ n_estimators: 4, num_parallel_tree: 3 }));
    expectClose(predict(together.ensemble, set), predict(single.ensemble, set));
  });

  test('targets that do not suit, and no rows at all, are refused', async () => {
    const set = problem(16);
    await expect(fit(set, plans.xgboost({ objective: 'count:poisson' }))).rejects.toThrow(/Poisson/);
    await expect(fit({ ...set, weight: new Float64Array(set.rows) }, plans.lightgbm())).rejects.toThrow(
      /no complete row/,
    );
  });
});

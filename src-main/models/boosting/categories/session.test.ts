import { describe, expect, test } from 'vitest';
import { createRandom } from '../../random.ts';
import { createEngine } from '../engine/engine.ts';
import { plainGrower } from '../engine/grower-fixture.ts';
import type { GrowerOptions } from '../engine/types.ts';
import type { SymmetricTrees, TreeEnsemble } from '../ensemble.ts';
import { derivedValues } from './derived-values.ts';
import type { LeafEstimator } from './ordered-boosting.ts';
import { createStatistics, defaultStatisticsOptions } from './session.ts';
import type { StatisticsOptions } from './session.ts';

interface Problem {
  readonly columns: readonly Float64Array[];
  readonly categorical: readonly boolean[];
  readonly target: Float64Array;
}

interface Fitted {
  /** training rows by the statistics of their order */
  readonly training: Float64Array;
  predict(columns: readonly Float64Array[]): Float64Array;
  readonly ensemble: TreeEnsemble;
  readonly trees: readonly SymmetricTrees[];
}

const learningRate = 0.1;
const lambda = 3;
const grower: GrowerOptions = {
  ...plainGrower,
  policy: 'symmetric',
  maxDepth: 5,
  lambda,
  minHessian: 0,
  learningRate,
  score: 'cosine',
  seed: 1,
};

const estimate: LeafEstimator = (leafOf, leaves, { target, predicted }) => {
  const sum = new Float64Array(leaves);
  const count = new Float64Array(leaves);
  for (let i = 0; i < leafOf.length; i++) {
    sum[leafOf[i]] += target[i] - predicted[0][i];
    count[leafOf[i]]++;
  }
  return sum.map((total, leaf) => (learningRate * total) / (count[leaf] + lambda));
};

/** The boosting loop for squared errors, as training does it. */
async function fit(
  problem: Problem,
  rounds: number,
  changes: Partial<StatisticsOptions> = {},
  threads = 1,
): Promise<Fitted> {
  const { columns, categorical, target } = problem;
  const rows = target.length;
  const input = {
    rows,
    columns,
    categorical,
    categories: columns.map(() => null),
    target,
    weight: null,
    missingAs: null,
  };
  const statistics = createStatistics(input, { ...defaultStatisticsOptions(rounds, 1), ...changes });
  if (statistics === null) throw new Error('nothing to do');
  const engine = await createEngine(
    { rows, columns: statistics.engineColumns, categorical, weight: null, slots: statistics.slots },
    { maxBin: 255, minDataInBin: 1, borders: 'catboost', seed: 1 },
    grower,
    { threads },
  );
  const mean = target.reduce((sum, y) => sum + y, 0) / rows;
  statistics.attach(engine, Float64Array.of(mean));
  const trees: SymmetricTrees[] = [];
  for (let tree = 0; tree < rounds; tree++) {
    const [at] = statistics.begin(tree);
    for (let i = 0; i < rows; i++) engine.gradient[i] = at[i] - target[i];
    const grown = engine.grow({ rows: null, constantHessian: true, tree, ...statistics.request });
    trees.push(statistics.finish(grown, 0, estimate).trees as SymmetricTrees);
  }
  const training = statistics.predicted[0].slice();
  const ensemble = {
    features: columns.map((_, f) => ({
      name: `f${f}`,
      kind: categorical[f] ? 'category' : 'number',
      categories: null,
    })),
    ...statistics.tables(),
    missingAs: null,
  } as unknown as TreeEnsemble;
  await engine.close();
  const predict = (given: readonly Float64Array[]): Float64Array => {
    const all = [...given, ...derivedValues(ensemble, given, given[0].length)];
    return Float64Array.from(given[0], (_, i) => {
      let sum = mean;
      for (const { feature, border, equal, value } of trees) {
        let leaf = 0;
        feature.forEach((f, level) => {
          const x = all[f][i];
          if (equal[level] === 1 ? x === border[level] : Math.fround(x) > border[level]) leaf |= 1 << level;
        });
        sum += value[leaf];
      }
      return sum;
    });
  };
  return { training, predict, ensemble, trees };
}

const rmse = (a: Float64Array, b: Float64Array): number =>
  Math.sqrt(a.reduce((s, x, i) => s + (x - b[i]) ** 2, 0) / a.length);

/** A category of many values that says nothing, one that says much, and a number. */
function noisy(rows: number, seed: number, effect: number): Problem {
  const random = createRandom(seed);
  const normal = (): number =>
    random.next() + random.next() + random.next() + random.next() + random.next() + random.next() - 3;
  const effects = Array.from({ length: 20 }, normal);
  const columns = [0, 1, 2].map(() => new Float64Array(rows));
  const target = Float64Array.from({ length: rows }, (_, i) => {
    columns[0][i] = random.integer(Math.round(rows / 3));
    columns[1][i] = random.integer(20);
    columns[2][i] = normal();
    return effect * effects[columns[1][i]] + normal();
  });
  return { columns, categorical: [true, true, false], target };
}

describe.each([
  ['Plain', 'Plain'],
  ['Ordered', 'Ordered'],
] as const)('%s', (_name, boosting) => {
  test('a category that says nothing is not learned by heart', async () => {
    const problem = noisy(1200, 7, 0);
    const { training } = await fit(problem, 60, { boosting, maxComplexity: 4 });
    const scale = rmse(problem.target, new Float64Array(1200));
    // statistics that held a row's own target would tell it away: three rows share a value
    const means = new Map<number, number[]>();
    problem.columns[0].forEach((code, i) => means.set(code, [...(means.get(code) ?? []), problem.target[i]]));
    const naive = problem.columns[0].map((code) => {
      const list = means.get(code) ?? [];
      return list.reduce((sum, y) => sum + y, 0) / list.length;
    });
    expect(rmse(problem.target, naive) / scale).toBeLessThan(0.85);
    expect(rmse(problem.target, training) / scale).toBeGreaterThan(0.93);
  });

  test('a category that says much is learned, for new rows too', async () => {
    const all = noisy(2400, 8, 1.5);
    const part = (from: number, to: number): Problem => ({
      ...all,
      columns: all.columns.map((column) => column.slice(from, to)),
      target: all.target.slice(from, to),
    });
    const [train, rest] = [part(0, 1600), part(1600, 2400)];
    const { predict } = await fit(train, 80, { boosting });
    const error = rmse(rest.target, predict(rest.columns));
    // the noise has a deviation of 0.7, the whole target one of about 1.2
    expect(error).toBeLessThan(0.82);
  });
});

test('nothing depends on the number of threads', async () => {
  const problem = noisy(1500, 9, 1);
  const [one, three] = [
    await fit(problem, 12, { maxComplexity: 4 }),
    await fit(problem, 12, { maxComplexity: 4 }, 3),
  ];
  expect(three.trees).toEqual(one.trees);
  expect(three.ensemble.derived).toEqual(one.ensemble.derived);
  expect(three.training).toEqual(one.training);
});

test('combinations are found where only pairs matter', async () => {
  const random = createRandom(3);
  const rows = 1500;
  const columns = [0, 1].map(() => Float64Array.from({ length: rows }, () => random.integer(6)));
  const target = Float64Array.from(
    columns[0],
    (a, i) => ((a + columns[1][i]) % 2 === 0 ? 1 : -1) + 0.2 * random.next(),
  );
  const problem = { columns, categorical: [true, true], target };
  const pairs = await fit(problem, 40, { maxComplexity: 2 });
  const alone = await fit(problem, 40, { maxComplexity: 1 });
  expect(pairs.ensemble.derived.some((column) => column.columns.length === 2)).toBe(true);
  expect(rmse(target, pairs.predict(columns))).toBeLessThan(0.3 * rmse(target, alone.predict(columns)));
});

test('a combination that training never saw is worth its prior', async () => {
  const problem = noisy(600, 5, 1);
  const { ensemble } = await fit(problem, 20);
  const unseen = [Float64Array.of(1e6, 0.5, -1), Float64Array.of(99, 99, 99), Float64Array.of(0, 0, 0)];
  const values = derivedValues(ensemble, unseen, 3);
  ensemble.derived.forEach((column, d) => {
    const expected = column.statistic === 'Counter' ? 0 : 15 * column.prior.numerator;
    expect([...values[d]]).toEqual([expected, expected, expected]);
  });
});

test('there is nothing to do without categories of more than two values', () => {
  const column = Float64Array.of(0, 1, 0, 1);
  const input = {
    rows: 4,
    columns: [column],
    categorical: [true],
    categories: [null],
    target: column,
    weight: null,
    missingAs: null,
  };
  expect(createStatistics(input, defaultStatisticsOptions(100, 1))).toBeNull();
});

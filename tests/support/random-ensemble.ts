/** Random tree ensembles of every dialect and rows that aim at their weak spots. */
import { nodeFlag } from '../../src-main/models/boosting/ensemble.ts';
import type {
  FeatureInfo,
  NodeTrees,
  SymmetricTrees,
  TreeEnsemble,
} from '../../src-main/models/boosting/ensemble.ts';
import { createRandom } from '../../src-main/models/random.ts';
import type { Random } from '../../src-main/models/random.ts';

export interface EnsembleShape {
  readonly features: number;
  readonly trees: number;
  /** most leaves of a tree; levels for symmetric trees */
  readonly leaves: number;
  readonly outputs: number;
  /** different thresholds of a column */
  readonly thresholds: number;
}

const pick = <T>(random: Random, of: readonly T[]): T => of[random.integer(of.length)];

export function randomEnsemble(seed: number, shape: EnsembleShape): TreeEnsemble {
  const random = createRandom(seed, 1);
  const dialect = pick(random, ['xgboost', 'lightgbm', 'catboost', 'forest'] as const);
  const symmetric = dialect === 'catboost' && random.integer(3) > 0;
  const { outputs } = shape;
  const leafWidth = random.integer(2) === 0 ? 1 : outputs;
  const treesPerRound = leafWidth === 1 ? outputs : 1;
  const count = shape.trees * treesPerRound;
  const features = Array.from({ length: shape.features }, (_, f): FeatureInfo => {
    const kind = random.integer(4) === 0 ? 'category' : 'number';
    return { name: `column ${f}`, kind, categories: kind === 'category' ? ['red', 'green', 'ó'] : null };
  });
  const grid = features.map(({ kind }) =>
    Array.from({ length: shape.thresholds }, (_, i) =>
      kind === 'category' ? random.integer(shape.thresholds) : i % 7 === 3 ? 0 : random.next() * 4 - 2,
    ),
  );
  return {
    dialect,
    features,
    derived: [],
    tables: [],
    outputs,
    leafWidth,
    treeOutput: Int32Array.from({ length: count }, (_, t) => (leafWidth === 1 ? t % outputs : 0)),
    base: Float64Array.from({ length: outputs }, () => random.next() - 0.5),
    scale: dialect === 'forest' ? 1 / Math.max(1, count) : 1,
    treesPerRound,
    trees: symmetric
      ? symmetricTrees(random, features, grid, count, shape.leaves, leafWidth)
      : nodeTrees(random, features, grid, count, shape.leaves, leafWidth, dialect === 'lightgbm'),
    compare: dialect === 'xgboost' ? 'lt' : 'le',
    single: dialect === 'xgboost' || dialect === 'catboost',
    missingAs: dialect === 'catboost' ? features.map(() => pick(random, ['min', 'max'] as const)) : null,
    link: pick(random, ['identity', 'logistic', 'exp', 'softmax'] as const),
    objective: 'test',
    levels: null,
  };
}

function nodeTrees(
  random: Random,
  features: readonly FeatureInfo[],
  grid: readonly (readonly number[])[],
  count: number,
  leaves: number,
  width: number,
  lightgbm: boolean,
): NodeTrees {
  const start = [0];
  const feature: number[] = [];
  const threshold: number[] = [];
  const left: number[] = [];
  const right: number[] = [];
  const flags: number[] = [];
  const setStart = [0];
  const setBits: number[] = [];
  const missing = features.map(() =>
    lightgbm ? pick(random, [0, 0, nodeFlag.missingNone, nodeFlag.missingZero]) : 0,
  );
  for (let t = 0; t < count; t++) {
    const root = feature.length;
    const add = (): number => {
      feature.push(-1);
      for (const list of [threshold, left, right, flags]) list.push(0);
      return feature.length - 1;
    };
    const open = [add()];
    for (let grown = 1; grown < leaves && open.length > 0; grown++) {
      const at = open.splice(random.integer(open.length), 1)[0];
      const f = random.integer(features.length);
      feature[at] = f;
      flags[at] = missing[f] | random.integer(2);
      threshold[at] = pick(random, grid[f]);
      if (features[f].kind === 'category' && random.integer(4) > 0) {
        flags[at] |= nodeFlag.category;
        threshold[at] = setStart.length - 1;
        const words = random.integer(4);
        for (let w = 0; w < words; w++) setBits.push(Math.floor(random.next() * 2 ** 32));
        setStart.push(setBits.length);
      }
      left[at] = add() - root;
      right[at] = add() - root;
      open.push(root + left[at], root + right[at]);
    }
    start.push(feature.length);
  }
  const nodes = feature.length;
  const numbers = () => Float64Array.from({ length: nodes }, () => random.next());
  return {
    shape: 'nodes',
    start: Int32Array.from(start),
    feature: Int32Array.from(feature),
    threshold: Float64Array.from(threshold),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    flags: Uint8Array.from(flags),
    value: Float64Array.from({ length: nodes * width }, () => random.next() - 0.5),
    gain: numbers(),
    cover: numbers(),
    count: numbers(),
    setStart: Int32Array.from(setStart),
    setBits: Uint32Array.from(setBits),
  };
}

function symmetricTrees(
  random: Random,
  features: readonly FeatureInfo[],
  grid: readonly (readonly number[])[],
  count: number,
  leaves: number,
  width: number,
): SymmetricTrees {
  const start = [0];
  const leafStart = [0];
  const feature: number[] = [];
  const border: number[] = [];
  const equal: number[] = [];
  const levels = Math.floor(Math.log2(leaves));
  for (let t = 0; t < count; t++) {
    const depth = random.integer(levels + 1);
    for (let d = 0; d < depth; d++) {
      const f = random.integer(features.length);
      feature.push(f);
      border.push(pick(random, grid[f]));
      equal.push(features[f].kind === 'category' && random.integer(4) > 0 ? 1 : 0);
    }
    start.push(feature.length);
    leafStart.push(leafStart[t] + 2 ** depth);
  }
  const total = leafStart[count];
  return {
    shape: 'symmetric',
    start: Int32Array.from(start),
    feature: Int32Array.from(feature),
    border: Float64Array.from(border),
    equal: Uint8Array.from(equal),
    leafStart: Int32Array.from(leafStart),
    value: Float64Array.from({ length: total * width }, () => random.next() - 0.5),
    weight: Float64Array.from({ length: total }, () => random.next()),
    gain: Float64Array.from({ length: feature.length }, () => random.next()),
  };
}

const oddNumbers = [NaN, NaN, 0, -0, Infinity, -Infinity, 1e-36, -1e-36, 2e-35, 1e308, -1e308];
const oddCodes = [NaN, NaN, -1, 0.5, 1e9, 31, 32, 95, 96, 2 ** 31, 2 ** 32, Infinity];

/** Values between, at and one bit beside the thresholds, missing ones, and codes that are none. */
export function randomColumns(ensemble: TreeEnsemble, rows: number, seed: number): Float64Array[] {
  const random = createRandom(seed, 2);
  const { trees } = ensemble;
  const limits = trees.shape === 'nodes' ? trees.threshold : trees.border;
  const used = ensemble.features.map((_, f) => [...limits].filter((_x, i) => trees.feature[i] === f));
  return ensemble.features.map(({ kind }, f) =>
    Float64Array.from({ length: rows }, () => {
      const choice = random.integer(4);
      if (choice === 0) return pick(random, kind === 'category' ? oddCodes : oddNumbers);
      if (kind === 'category') return random.integer(100);
      if (choice === 1 && used[f].length > 0) {
        const x = pick(random, used[f]);
        return pick(random, [x, Math.fround(x), x * (1 + 2 ** -52), x * (1 - 2 ** -52), x * (1 + 2 ** -25)]);
      }
      return random.next() * 4 - 2;
    }),
  );
}

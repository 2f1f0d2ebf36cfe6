/**
 * @file Importances of features that follow from the trees alone, by the originals' definitions and names. A split on a
 * column derived from several categories counts for each of them in equal parts.
 */
import { treeCount } from '../ensemble.ts';
import type { TreeEnsemble } from '../ensemble.ts';
import { playersOf } from './players.ts';
import { weightedTrees } from './weighted-trees.ts';
import type { WeightedTree } from './weighted-trees.ts';

/** Shape (features) each. */
export interface SplitImportances {
  /** number of splits: XGBoost `weight`, LightGBM `split` */
  readonly weight: Float64Array;
  /** loss reduction of all splits: XGBoost `total_gain`, LightGBM `gain` */
  readonly totalGain: Float64Array;
  /** per split: XGBoost `gain` */
  readonly gain: Float64Array;
  /** sum of hessians (rows, where they are unknown) that met the splits: XGBoost `total_cover` */
  readonly totalCover: Float64Array;
  /** per split: XGBoost `cover` */
  readonly cover: Float64Array;
}

/** A symmetric tree asks a question once per level, however many nodes ask it. */
export function splitImportances(ensemble: TreeEnsemble): SplitImportances {
  const { trees, features } = ensemble;
  const players = playersOf(ensemble);
  const zeros = (): Float64Array => new Float64Array(features.length);
  const sums = { weight: zeros(), totalGain: zeros(), totalCover: zeros() };
  const count = (column: number, gain: number, cover: number): void => {
    const own = players.features[players.ofColumn[column]];
    for (const f of own) {
      sums.weight[f] += 1 / own.length;
      sums.totalGain[f] += gain / own.length;
      sums.totalCover[f] += cover / own.length;
    }
  };
  if (trees.shape === 'nodes') {
    for (let node = 0; node < trees.feature.length; node++)
      if (trees.feature[node] >= 0)
        count(
          trees.feature[node],
          trees.gain[node],
          trees.cover[node] > 0 ? trees.cover[node] : trees.count[node],
        );
  } else
    for (let t = 0; t < treeCount(ensemble); t++) {
      let cover = 0;
      for (let leaf = trees.leafStart[t]; leaf < trees.leafStart[t + 1]; leaf++) cover += trees.weight[leaf];
      for (let q = trees.start[t]; q < trees.start[t + 1]; q++) count(trees.feature[q], trees.gain[q], cover);
    }
  const mean = (total: Float64Array): Float64Array =>
    total.map((value, f) => (sums.weight[f] > 0 ? value / sums.weight[f] : 0));
  return { ...sums, gain: mean(sums.totalGain), cover: mean(sums.totalCover) };
}

/**
 * How much the prediction changes on average when a feature does: CatBoost's `PredictionValuesChange`, per cent, summing to
 * 100; shape (features). For trees of nodes, two children count by their mean values.
 * @see https://catboost.ai/docs/en/concepts/fstr#regular-feature-importance
 * @throws AppError `explain-needs-cover`
 */
export function predictionValuesChange(ensemble: TreeEnsemble): Float64Array {
  const players = playersOf(ensemble);
  const out = new Float64Array(ensemble.features.length);
  const { leafWidth } = ensemble;
  for (const tree of weightedTrees(ensemble)) {
    const change = ensemble.trees.shape === 'symmetric' ? symmetricChange : nodeChange;
    change(tree, leafWidth).forEach((value, q) => {
      const own = players.features[players.ofColumn[tree.questions[q].column]];
      for (const f of own) out[f] += value / own.length;
    });
  }
  const total = out.reduce((sum, value) => sum + value, 0);
  return total > 0 ? out.map((value) => (100 * value) / total) : out;
}

/** Variance between two groups of rows, times their weight. */
function between(weightA: number, a: Float64Array, weightB: number, b: Float64Array): number {
  if (!(weightA > 0) || !(weightB > 0)) return 0;
  let sum = 0;
  for (let k = 0; k < a.length; k++) {
    const mean = (a[k] * weightA + b[k] * weightB) / (weightA + weightB);
    sum += (a[k] - mean) ** 2 * weightA + (b[k] - mean) ** 2 * weightB;
  }
  return sum;
}

/** Leaves that differ in one answer only are compared, for every question. */
function symmetricChange(tree: WeightedTree, width: number): Float64Array {
  const depth = tree.questions.length;
  const leaves = 1 << depth;
  const { weight } = means(tree, width);
  const valueOf = (leaf: number): Float64Array =>
    tree.value.subarray((leaves - 1 + leaf) * width, (leaves + leaf) * width);
  return Float64Array.from(tree.questions, (_, level) => {
    const bit = 1 << (depth - 1 - level);
    let sum = 0;
    for (let leaf = 0; leaf < leaves; leaf++)
      if ((leaf & bit) === 0)
        sum += between(
          weight[leaves - 1 + leaf],
          valueOf(leaf),
          weight[leaves - 1 + (leaf | bit)],
          valueOf(leaf | bit),
        );
    return sum;
  });
}

function nodeChange(tree: WeightedTree, width: number): Float64Array {
  const out = new Float64Array(tree.questions.length);
  const { weight, mean } = means(tree, width);
  const of = (node: number): Float64Array => mean.subarray(node * width, (node + 1) * width);
  tree.question.forEach((q, node) => {
    if (q < 0) return;
    const [left, right] = [tree.left[node], tree.right[node]];
    out[q] += between(weight[left], of(left), weight[right], of(right));
  });
  return out;
}

/** Share of the tree's rows in each node, and their mean value. */
function means(tree: WeightedTree, width: number): { weight: Float64Array; mean: Float64Array } {
  const weight = new Float64Array(tree.question.length);
  const mean = new Float64Array(tree.question.length * width);
  const visit = (node: number, own: number): void => {
    weight[node] = own;
    for (let k = 0; k < width; k++)
      mean[node * width + k] = tree.question[node] < 0 ? tree.value[node * width + k] : 0;
    if (tree.question[node] < 0) return;
    for (const child of [tree.left[node], tree.right[node]]) {
      visit(child, own * tree.share[child]);
      for (let k = 0; k < width; k++) mean[node * width + k] += tree.share[child] * mean[child * width + k];
    }
  };
  visit(0, 1);
  return { weight, mean };
}

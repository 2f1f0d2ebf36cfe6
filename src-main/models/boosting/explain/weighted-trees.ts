/**
 * @file Trees as explanations see them: every tree one of nodes with two children, each child with the share of its
 * parent's training rows that went there. Symmetric trees are drawn out; their questions stay shared by a whole level.
 */
import { AppError } from '../../../../src-preload/contract/index.ts';
import { nodeFlag } from '../ensemble.ts';
import type { NodeTrees, SymmetricTrees, TreeEnsemble } from '../ensemble.ts';
import { readThresholds } from '../predict/walk.ts';

/** A split as a question about one column; the answer 1 leads to the right child. */
export interface Question {
  readonly column: number;
  readonly kind: 'threshold' | 'set' | 'above' | 'equal';
  /** threshold, border, code, or number of the set */
  readonly at: number;
  readonly flags: number;
}

export interface WeightedTree {
  /** output that leaves add to; -1: leaves hold a value for each */
  readonly output: number;
  readonly questions: readonly Question[];
  /** shape (nodes): index into `questions`, -1 for a leaf */
  readonly question: Int32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** shape (nodes): share of the parent's rows, above 0; 1 for the root */
  readonly share: Float64Array;
  /** shape (nodes x leafWidth) */
  readonly value: Float64Array;
}

/** A child no training row reached has no share; this one keeps it apart from nothing without showing in any figure. */
const leastShare = 1e-12;

/** @throws AppError `explain-needs-cover` when the model does not say how many rows reached its nodes */
export function weightedTrees(ensemble: TreeEnsemble): WeightedTree[] {
  const { trees } = ensemble;
  const count = trees.start.length - 1;
  const limits = readThresholds(ensemble);
  return Array.from({ length: count }, (_, t) => {
    const output = ensemble.leafWidth === 1 ? ensemble.treeOutput[t] : -1;
    return trees.shape === 'nodes'
      ? ofNodes(ensemble, trees, limits, t, output)
      : ofSymmetric(trees, limits, t, output, ensemble.leafWidth);
  });
}

function ofNodes(
  ensemble: TreeEnsemble,
  trees: NodeTrees,
  limits: Float64Array,
  t: number,
  output: number,
): WeightedTree {
  const from = trees.start[t];
  const size = trees.start[t + 1] - from;
  const left = trees.left.subarray(from, from + size);
  const right = trees.right.subarray(from, from + size);
  const weight = weightOf(ensemble, trees, from, size);
  const question = new Int32Array(size).fill(-1);
  const share = new Float64Array(size).fill(1);
  const questions: Question[] = [];
  const known = new Map<string, number>();
  for (let node = 0; node < size; node++) {
    const column = trees.feature[from + node];
    if (column < 0) continue;
    const flags = trees.flags[from + node];
    const at = limits[from + node];
    const key = `${column} ${flags} ${at}`;
    let index = known.get(key);
    if (index === undefined) {
      index = questions.length;
      questions.push({ column, kind: (flags & nodeFlag.category) === 0 ? 'threshold' : 'set', at, flags });
      known.set(key, index);
    }
    question[node] = index;
    for (const child of [left[node], right[node]]) share[child] = shareOf(weight[child], weight[node]);
  }
  const width = ensemble.leafWidth;
  return {
    output,
    questions,
    question,
    left,
    right,
    share,
    value: trees.value.subarray(from * width, (from + size) * width),
  };
}

/** LightGBM weighs by rows, XGBoost by hessians; where a model has only one of them, by that. */
function weightOf(ensemble: TreeEnsemble, trees: NodeTrees, from: number, size: number): Float64Array {
  const byRows = trees.count.subarray(from, from + size);
  const byHessian = trees.cover.subarray(from, from + size);
  const [first, second] = ensemble.dialect === 'lightgbm' ? [byRows, byHessian] : [byHessian, byRows];
  if (first[0] > 0) return first;
  if (second[0] > 0) return second;
  if (size === 1) return new Float64Array([1]);
  throw coverUnknown();
}

function shareOf(child: number, parent: number): number {
  return parent > 0 ? Math.max(leastShare, child / parent) : 0.5;
}

const coverUnknown = (): AppError =>
  new AppError({
    code: 'explain-needs-cover',
    message:
      'The model does not say how many training rows reached its nodes, so contributions cannot be computed.',
    hint: 'Use a model that was saved with its statistics, or look at the permutation importance.',
  });

/**
 * The question of the highest level is the root's, as CatBoost takes them: leaf number and path then read alike.
 * Node numbers are those of a heap.
 */
function ofSymmetric(
  trees: SymmetricTrees,
  limits: Float64Array,
  t: number,
  output: number,
  width: number,
): WeightedTree {
  const first = trees.start[t];
  const depth = trees.start[t + 1] - first;
  const leafFrom = trees.leafStart[t];
  const leaves = 1 << depth;
  const size = 2 * leaves - 1;
  const weight = new Float64Array(size);
  for (let leaf = 0; leaf < leaves; leaf++) weight[leaves - 1 + leaf] = trees.weight[leafFrom + leaf];
  for (let node = leaves - 2; node >= 0; node--) weight[node] = weight[2 * node + 1] + weight[2 * node + 2];
  if (depth > 0 && !(weight[0] > 0)) throw coverUnknown();
  const questions: Question[] = Array.from({ length: depth }, (_, level) => {
    const q = first + depth - 1 - level;
    return {
      column: trees.feature[q],
      kind: trees.equal[q] === 1 ? 'equal' : 'above',
      at: limits[q],
      flags: 0,
    };
  });
  const question = new Int32Array(size).fill(-1);
  const left = new Int32Array(size);
  const right = new Int32Array(size);
  const share = new Float64Array(size).fill(1);
  for (let node = 0; node < leaves - 1; node++) {
    question[node] = 31 - Math.clz32(node + 1);
    left[node] = 2 * node + 1;
    right[node] = 2 * node + 2;
    for (const child of [left[node], right[node]]) share[child] = shareOf(weight[child], weight[node]);
  }
  const value = new Float64Array(size * width);
  value.set(trees.value.subarray(leafFrom * width, (leafFrom + leaves) * width), (leaves - 1) * width);
  return { output, questions, question, left, right, share, value };
}

/** Mean of a tree's leaves as the shares weigh them, shape (leafWidth). */
export function expectedValue(tree: WeightedTree, width: number): Float64Array {
  const mean = new Float64Array(width);
  const weight = new Float64Array(tree.question.length);
  weight[0] = 1;
  const stack = [0];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (tree.question[node] < 0) {
      for (let k = 0; k < width; k++) mean[k] += weight[node] * tree.value[node * width + k];
      continue;
    }
    for (const child of [tree.left[node], tree.right[node]]) {
      weight[child] = weight[node] * tree.share[child];
      stack.push(child);
    }
  }
  return mean;
}

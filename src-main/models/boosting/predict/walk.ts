/**
 * @file The plain way down a tree, one row at a time. It is the definition of a prediction: the fast paths are held to
 * it, and one row on its own takes it.
 */
import { nodeFlag } from '../ensemble.ts';
import type { NodeTrees, SymmetricTrees, TreeEnsemble } from '../ensemble.ts';

export type Column = Float64Array | Float32Array;

/** What LightGBM takes for zero (kZeroThreshold, 1e-35 in 32 bits). */
export const zeroThreshold = Math.fround(1e-35);

const { defaultLeft, category, missingNone, missingZero } = nodeFlag;
const zeroOrNone = missingNone | missingZero;

/** How the values of one column are read before they are compared. */
export interface Reading {
  readonly single: boolean;
  /** stands for NaN */
  readonly missing: number;
}

/** shape (columns and derived columns). Codes of categories are taken as they are. */
export function readings(ensemble: TreeEnsemble): Reading[] {
  const { features, derived, single, missingAs } = ensemble;
  const inputs = features.map(({ kind }, f): Reading => {
    if (kind === 'category') return { single: false, missing: Number.NaN };
    const as = missingAs?.[f];
    const missing = as === undefined ? Number.NaN : as === 'min' ? -Infinity : Infinity;
    return { single, missing };
  });
  return [...inputs, ...derived.map((): Reading => ({ single, missing: Number.NaN }))];
}

export function read(x: number, { single, missing }: Reading): number {
  if (x !== x) return missing;
  return single ? Math.fround(x) : x;
}

/** Finds the leaf of tree `t` for the row that begins at `at` in `values` (read values, all columns of a row in line). */
export type Walk = (t: number, values: Float64Array, at: number) => number;

/** @returns for nodes the leaf's node number within its tree, for symmetric trees its leaf number */
export function createWalk(ensemble: TreeEnsemble): Walk {
  return ensemble.trees.shape === 'nodes'
    ? nodeWalk(ensemble, ensemble.trees)
    : symmetricWalk(ensemble, ensemble.trees);
}

/** Thresholds as they are compared: rounded where the values are. */
export function readThresholds(ensemble: TreeEnsemble): Float64Array {
  const { trees, single } = ensemble;
  const all = trees.shape === 'nodes' ? trees.threshold : trees.border;
  if (!single) return all;
  const { features } = ensemble;
  return all.map((x, i) => {
    const f = trees.feature[i];
    const isCode = f < 0 || (f < features.length && features[f].kind === 'category');
    return isCode ? x : Math.fround(x);
  });
}

function nodeWalk(ensemble: TreeEnsemble, trees: NodeTrees): Walk {
  const { start, feature, left, right, flags, setStart, setBits } = trees;
  const threshold = readThresholds(ensemble);
  const orEqual = ensemble.compare === 'le';

  /** any question; the loop below answers the common ones itself */
  const goesLeft = (node: number, given: number): boolean => {
    const flag = flags[node];
    if ((flag & category) !== 0) {
      if (given !== given) return (flag & zeroOrNone) === 0 && (flag & defaultLeft) !== 0;
      const from = setStart[threshold[node]];
      const codes = (setStart[threshold[node] + 1] - from) << 5;
      if (!(given >= 0 && given < codes) || given !== Math.floor(given)) return false;
      return ((setBits[from + (given >> 5)] >>> (given & 31)) & 1) === 1;
    }
    const x = given !== given && (flag & zeroOrNone) !== 0 ? 0 : given;
    if (x !== x || ((flag & missingZero) !== 0 && Math.abs(x) <= zeroThreshold))
      return (flag & defaultLeft) !== 0;
    return orEqual ? x <= threshold[node] : x < threshold[node];
  };
  return (t, values, at) => {
    const root = start[t];
    let node = root;
    for (let f = feature[node]; f >= 0; f = feature[node]) {
      const flag = flags[node];
      const x = values[at + f];
      let isLeft: boolean;
      if (flag > defaultLeft) isLeft = goesLeft(node, x);
      else if (x !== x) isLeft = flag === defaultLeft;
      else isLeft = orEqual ? x <= threshold[node] : x < threshold[node];
      node = root + (isLeft ? left[node] : right[node]);
    }
    return node - root;
  };
}

function symmetricWalk(ensemble: TreeEnsemble, trees: SymmetricTrees): Walk {
  const { start, feature, equal } = trees;
  const border = readThresholds(ensemble);
  return (t, values, at) => {
    let leaf = 0;
    for (let q = start[t], bit = 0; q < start[t + 1]; q++, bit++) {
      const x = values[at + feature[q]];
      if (equal[q] === 1 ? x === border[q] : x > border[q]) leaf |= 1 << bit;
    }
    return leaf;
  };
}

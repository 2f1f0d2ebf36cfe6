/** @file A tree of nodes while it grows. */
import type { Bounds } from './leaf-rules.ts';
import type { GrowerOptions } from './types.ts';

export interface NodeSplit {
  readonly column: number;
  /** rows in bins up to this one go left; unused for a set */
  readonly bin: number;
  readonly defaultLeft: boolean;
  /** bins that go left; null for a border */
  readonly set: Uint32Array | null;
  readonly gain: number;
  /** L2 penalty of the children's values; LightGBM's cat_l2 is in it where categories were sorted */
  readonly lambda: number;
  /** value of the border where it follows from the node's own values; absent: from the bins */
  readonly threshold?: number;
  /** no row of the node lacks the value */
  readonly complete?: boolean;
}

export interface TreeNode {
  readonly depth: number;
  readonly bounds: Bounds;
  /** value before shrinkage */
  readonly output: number;
  readonly gradient: number;
  readonly hessian: number;
  readonly rows: number;
  /** columns split on above; kept only where interactions are constrained */
  readonly path: readonly number[];
  split: NodeSplit | null;
  /** number of the left child, the right one follows; 0 for a leaf */
  left: number;
}

/** The tree at hand. */
export interface TreeState {
  /** tells random streams of trees apart */
  readonly tree: number;
  /** cells hold second derivatives, too */
  readonly wide: boolean;
  /** columns drawn for the tree */
  readonly columns: Int32Array;
  /** nodes may split on some of these only */
  readonly masked: boolean;
  readonly nodes: TreeNode[];
  leaves: number;
}

export const free: Bounds = { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY };

/** A smaller gain is rounding noise (XGBoost's kRtEps). */
const xgboostLeastGain = 1e-6;
/** The same for forests, as a share of what the node scores itself: whatever unit the target has. */
const forestLeastGain = 1e-11;

/** A gain must be larger. @param score of the node as a leaf */
export function leastGain(score: number, options: GrowerOptions): number {
  if (options.forest) return score * forestLeastGain;
  return options.policy === 'leafwise' ? options.minGain : xgboostLeastGain;
}

/** LightGBM takes min_gain_to_split off a gain, the others compare with it. */
export const countsWhole = (options: GrowerOptions): boolean =>
  options.policy !== 'leafwise' || Boolean(options.forest);

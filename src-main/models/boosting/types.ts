/** @file Number types of the boosting core, decided once, each with its reason. */

/** 256 bins fit a byte: four times more rows per cache line than a number. Two bytes only where max_bin asks for it. */
export type BinArray = Uint8Array | Uint16Array;
/** One per row and round: memory decides. XGBoost holds them in 32 bits too. */
export type RowGradient = Float32Array;
/** Many rows added up: precision decides. Pairs (gradient sum, hessian sum) per bin. */
export type BinSums = Float64Array;

/**
 * A tree in arrays, node 0 is the root; children lie side by side (right = left + 1).
 * A row goes left when `value < threshold`, a missing one as `defaultLeft` says.
 */
export interface Tree {
  /** -1 for a leaf */
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  /** left child; 0 for a leaf */
  readonly left: Int32Array;
  readonly defaultLeft: Uint8Array;
  /** leaf weight, shrinkage included */
  readonly value: Float64Array;
  /** loss reduction of the split, 0 for a leaf */
  readonly gain: Float64Array;
  /** sum of hessians in the node */
  readonly cover: Float64Array;
}

/**
 * @file What a device does that keeps histograms and looks for splits in them, so that a few words per node travel instead of
 * every cell. It only proposes: the engine weighs what comes back in doubles (exact-split.ts), and the trees are those of the
 * threads. Slots have the numbers that the engine gives them. A call that fails returns null, and so does every later one.
 */

/** How splits are scored; names are those of {@link GrowerOptions}. */
export interface SearchRules {
  readonly policy: 'depthwise' | 'lossguide' | 'leafwise' | 'symmetric';
  readonly lambda: number;
  readonly alpha: number;
  /** what a unit of a leaf's value costs in its score */
  readonly price: number;
  readonly minHessian: number;
  readonly minRows: number;
  readonly maxDeltaStep: number;
  readonly pathSmooth: number;
  /** no alpha, no bounds and no constraints: values are as free as they can be */
  readonly isPlain: boolean;
}

/** Histograms to be made, and nodes to be searched. */
export interface SearchJob {
  /** columns that are summed, ascending */
  readonly columns: Int32Array;
  /** nodes whose rows are summed, three words each: address of their row numbers (0: all rows in order), rows, slot */
  readonly built: Uint32Array;
  /** two words each: slot of a parent, and of the child taken off it; what is left is the histogram of the other child */
  readonly taken: Uint32Array;
  /** nodes that are searched */
  readonly nodes: NodeSums;
  /** four per node: bounds of values below and above, the node's own value, the score that a split must beat */
  readonly figures: Float64Array;
  /** ceil(columns / 32) words per node: bit f is set where it may be split on column f */
  readonly masks: Uint32Array;
}

export interface NodeSums {
  readonly slots: Uint32Array;
  /** both sums of each node, as whole numbers */
  readonly sums: BigInt64Array;
}

/** A border whose score is the best of its node, or so near that doubles must decide. */
export interface FoundBorder {
  readonly column: number;
  readonly bin: number;
  /** missing values go left */
  readonly defaultLeft: boolean;
  readonly left0: bigint;
  readonly left1: bigint;
}

/** What is summed over the nodes of a level of a symmetric tree, by cell: of column f's question k at its first cell + k. */
export interface LevelSums {
  /** sum of G^2 / (H + lambda) over both sides of all nodes */
  readonly numerators: Float64Array;
  /** sum of G^2 H / (H + lambda)^2 */
  readonly denominators: Float64Array;
}

export interface SplitDevice {
  /** histograms that it can hold */
  readonly slots: number;
  /** @returns per node its best borders, in no order; null for a node with too many of them */
  search(job: SearchJob): readonly (readonly FoundBorder[] | null)[] | null;
  /** @param columns that a question may be asked about */
  level(nodes: NodeSums, columns: Int32Array): LevelSums | null;
  /**
   * @param questions pairs (column, bin)
   * @returns per question and node two sums: those of the bins up to `bin`, or of it alone where the column asks for one
   */
  pick(nodes: NodeSums, questions: Int32Array): BigInt64Array | null;
}

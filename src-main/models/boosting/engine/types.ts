/**
 * @file What the boosting loop sees of the engine that grows trees. The engine owns memory shared by its threads; the loop
 * fills gradients in it and asks for trees.
 *
 * Histograms hold whole numbers: gradients are rounded to fixed point once per tree, so sums do not depend on the order they
 * are made in, and a tree is the same bit for bit whatever the number of threads or the device.
 */
import type { NodeTrees, SymmetricTrees } from '../ensemble.ts';
import type { ColumnStore } from './columns.ts';
import type { SplitDevice } from './split-device.ts';

export interface EngineInput {
  readonly rows: number;
  /** shape (columns) x (rows); NaN is missing; categories are codes 0, 1, 2 ... */
  readonly columns: readonly (Float64Array | Float32Array)[];
  readonly categorical: readonly boolean[];
  /** shape (rows) or null for 1: weighs the quantiles that bin borders are taken from */
  readonly weight: Float64Array | null;
  /**
   * Columns reserved after the given ones, for bins made elsewhere (target statistics of categories): slot s is column
   * `columns.length + s`. Empty until {@link Engine.setSlot}; an empty slot takes part in no tree. 0 or absent: none
   */
  readonly slots?: number;
}

export interface BinningOptions {
  readonly maxBin: number;
  /** LightGBM's min_data_in_bin; 1 for the others */
  readonly minDataInBin: number;
  /** where borders lie: XGBoost's weighted quantiles, LightGBM's equal counts, CatBoost's GreedyLogSum, or every value */
  readonly borders: 'xgboost' | 'lightgbm' | 'catboost';
  readonly seed: number;
}

export interface EngineOptions {
  /** auto: as many as physical cores, fewer for small data. Trees do not depend on it. */
  readonly threads: number | 'auto';
  /** makes the device that builds histograms of large nodes; null or absent, or when it gives null: the threads build them */
  readonly makeDevice?: MakeDevice | null;
  /** most memory for histograms; default 768 MiB. With less, large trees read more rows. */
  readonly histogramBytes?: number;
}

/** What a device needs to know of the engine's memory. All addresses are bytes in it. */
export interface DeviceData {
  readonly memory: SharedArrayBuffer;
  readonly rows: number;
  /**
   * Gradients of the tree at hand as whole numbers: one i32 per row, or, wide, a pair of them (gradient, hessian).
   */
  readonly quantised: number;
  /** where bins and cells lie, see columns.ts */
  readonly columns: ColumnStore;
  readonly grower: GrowerOptions;
}

export type MakeDevice = (data: DeviceData) => HistogramDevice | null;

/**
 * Builds histograms elsewhere, say on a GPU, and returns the same whole numbers as the kernel (kernels/assembly/histogram.ts):
 * per cell one i64 `sum of gradients << shift | rows`, or, wide, two: `sum of gradients << shift` and
 * `sum of hessians << shift | rows`.
 */
export interface HistogramDevice {
  readonly name: string;
  /** nodes, or questions about several, with fewer rows are left to the threads */
  readonly fromRows: number;
  /** null or absent: it makes histograms only, and the threads search them */
  readonly splits?: SplitDevice | null;
  /** Gradients of a new tree are ready. Units are powers of two. */
  begin(wide: boolean, shift: number, gradientUnit: number, hessianUnit: number): void;
  /**
   * Fills the cells of all columns, overwriting what is there. Blocks.
   * @param rows null: all
   * @returns false when the device failed; the threads then do it
   */
  build(rows: Uint32Array | null, cells: BigInt64Array): boolean;
}

export interface GrowerOptions {
  /** depthwise and lossguide: XGBoost's grow_policy; leafwise: LightGBM; symmetric: CatBoost's SymmetricTree */
  readonly policy: 'depthwise' | 'lossguide' | 'leafwise' | 'symmetric';
  /** 0: no limit */
  readonly maxDepth: number;
  /** 0: no limit */
  readonly maxLeaves: number;
  /** L2 and L1 penalty of leaf values */
  readonly lambda: number;
  readonly alpha: number;
  /** least gain of a split (XGBoost gamma, LightGBM min_gain_to_split) */
  readonly minGain: number;
  /** least sum of hessians in a child */
  readonly minHessian: number;
  /** least rows in a child */
  readonly minRows: number;
  /** largest leaf value before shrinkage; 0: no limit */
  readonly maxDeltaStep: number;
  readonly learningRate: number;
  /** shares of columns drawn per tree, per level of it, per node of that */
  readonly columnShare: { readonly tree: number; readonly level: number; readonly node: number };
  /** per column -1, 0, 1; null without */
  readonly monotone: Int8Array | null;
  /** groups of columns that may meet on a path; null without */
  readonly interactions: readonly (readonly number[])[] | null;
  /** LightGBM's path_smooth; 0 without */
  readonly pathSmooth: number;
  /** one random border per column and node instead of all (extra_trees) */
  readonly extraRandom: boolean;
  /** symmetric: how the answers of a level are scored, CatBoost's score_function */
  readonly score: 'gain' | 'cosine' | 'l2';
  /** symmetric: standard deviation of the noise on scores before CatBoost's own scaling (random_strength); 0 without */
  readonly randomStrength: number;
  /** symmetric: outputs that share the questions of a tree, each with gradients and leaf values of its own; absent: 1 */
  readonly outputs?: number;
  /** splits of categories; null: a category is split like a number (one border) */
  readonly categories: CategorySplitOptions | null;
  /** scikit-learn's rules where they differ from XGBoost's and LightGBM's; null or absent: theirs */
  readonly forest?: ForestRules | null;
  readonly seed: number;
}

/**
 * What forests do otherwise: borders lie midway between the values a node holds, a missing value that a node has never seen goes
 * with most rows, and any gain will do, however small the target's unit.
 */
export interface ForestRules {
  /** columns drawn per node, of all; the draw goes on past them until one of them is not constant in the node */
  readonly columns: number;
  /** fewest rows of a node that is split */
  readonly minSplitRows: number;
}

/** LightGBM's native splits of categories; XGBoost's have other names for the same and no smoothing (0). */
export interface CategorySplitOptions {
  /** whose rules hold: see `findCategorySplit` in categories/category-split.ts, which the engine calls */
  readonly dialect: 'lightgbm' | 'xgboost';
  /** max_cat_to_onehot, 4 in both: one against the rest while bins (LightGBM, `other` included) are <= it, categories (XGBoost) < it */
  readonly oneHotUpTo: number;
  /** most categories on the smaller side (LightGBM 32, XGBoost 64) */
  readonly maxThreshold: number;
  readonly smooth: number;
  readonly l2: number;
  readonly minDataPerGroup: number;
}

export interface GrowRequest {
  /** rows that take part, ascending; null: all */
  readonly rows: Uint32Array | null;
  /** hessians are all 1 and need not be read */
  readonly constantHessian: boolean;
  /** tells random streams of trees apart */
  readonly tree: number;
  /** with several outputs: writes those of output k into `gradient` and `hessian`; called twice for each */
  readonly fill?: (k: number) => void;
  /**
   * Symmetric trees: called before the question of each level is looked for, on the thread that called `grow`, with the
   * questions asked so far. May call {@link Engine.setSlot} for slots that `asked` does not hold; the columns filled so take
   * part from this level on.
   */
  readonly beforeLevel?: (asked: readonly LevelQuestion[]) => void;
  /** shape (columns + slots): factor on the score of a question about the column when questions are compared; absent: 1 */
  readonly scoreFactor?: Float64Array;
}

/** The question of one level of a symmetric tree: yes when the row's bin > `bin`, or, for categories, when it is `bin`. */
export interface LevelQuestion {
  readonly column: number;
  readonly bin: number;
  /** value between the two bins, or the category's code, as in {@link SymmetricTrees.border} */
  readonly border: number;
  readonly equal: boolean;
}

/** One tree, still in terms of bins where `leafOf` is concerned. `trees` holds exactly one. */
export interface GrownTree {
  readonly trees: NodeTrees | SymmetricTrees;
  readonly leaves: number;
}

export interface Engine {
  readonly rows: number;
  readonly threads: number;
  /** which device builds histograms: `cpu` or the GPU's name */
  readonly device: string;
  /** shape (rows), shared memory: first derivatives, weights included; filled by the loop before `grow` */
  readonly gradient: Float32Array;
  /** shape (rows), shared memory: second derivatives; not read where the request says they are constant */
  readonly hessian: Float32Array;
  /** shape (rows): leaf number of every row (drawn or not) in the tree grown last */
  readonly leafOf: Int32Array;
  /** Grows a tree from `gradient` and `hessian`. Blocks until it is grown. */
  grow(request: GrowRequest): GrownTree;
  /** Replaces the values of the leaves of the tree grown last (order of leaf numbers, shrinkage included). */
  setLeaves(tree: GrownTree, values: Float64Array): GrownTree;
  /** `predicted[i] += value of the leaf of row i` in the tree grown last, all rows; `predicted` from {@link Engine.floats}. */
  addTo(predicted: Float64Array, tree: GrownTree): void;
  /** `gradient[i] = predicted[i] - target[i]`; both from {@link Engine.floats}. */
  subtract(predicted: Float64Array, target: Float64Array): void;
  /**
   * Fills reserved column `slot` (not during a search for a question). A row answers yes to border k when its bin is > k.
   * @param bins shape (rows), each <= borders.length; copied
   * @param borders ascending, at most 254; none: the slot is empty again and takes part in nothing
   */
  setSlot(slot: number, bins: Uint8Array, borders: Float64Array): void;
  /** shared memory for predictions, targets and weights */
  floats(length: number): Float64Array;
  /** bytes of memory the engine holds */
  readonly bytes: number;
  close(): Promise<void>;
}

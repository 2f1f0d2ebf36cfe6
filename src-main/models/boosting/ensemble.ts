/**
 * @file The fitted form of every tree model, whatever grew it or whichever library wrote it: one set of arrays that the
 * predictor, the explanations and the interchange formats all read.
 *
 * A row meets columns `0 .. features.length - 1` as given and, after them, the derived columns (target statistics of
 * categories). Categories are codes 0, 1, 2 ...; a number that is no code, and NaN, is an unknown category.
 */

export interface FeatureInfo {
  readonly name: string;
  readonly kind: 'number' | 'category';
  /** text of each code, where it is known */
  readonly categories: readonly string[] | null;
}

/** What CatBoost calls the type of a CTR (https://catboost.ai/docs/en/concepts/algorithm-main-stages_cat-to-numberic). */
export type StatisticKind = 'Borders' | 'Buckets' | 'BinarizedTargetMeanValue' | 'Counter';

/**
 * A column made of one or several categorical columns: a row's combination of categories is looked up and gives
 * `scale * ((numerator + prior.numerator) / (denominator + prior.denominator) + shift)`.
 */
export interface DerivedColumn {
  readonly statistic: StatisticKind;
  /** input columns combined, ascending */
  readonly columns: readonly number[];
  /** numeric splits that are part of the combination: the row contributes a bit `value > border` for each */
  readonly binary: readonly { readonly column: number; readonly border: number }[];
  /** categories compared with one code that are part of the combination: a bit `code == value` for each */
  readonly equal: readonly { readonly column: number; readonly code: number }[];
  /** Borders, Buckets: which class border or bucket the numerator counts */
  readonly targetBorder: number;
  readonly prior: { readonly numerator: number; readonly denominator: number };
  readonly shift: number;
  readonly scale: number;
  /** index into {@link TreeEnsemble.tables}; several columns may share one */
  readonly table: number;
}

/** Statistics by combination of categories; a combination that is absent has numerator 0 and denominator 0. */
export interface StatisticTable {
  /** 64-bit hashes of the combinations, by CatBoost's definition (`combinationHash`) */
  readonly hashes: BigUint64Array;
  /** shape (hashes x classes): how often each target class was seen, or sum and count for mean values, or count for counters */
  readonly counts: Float64Array;
  readonly classes: number;
  /** Counter: the denominator */
  readonly total: number;
}

/** Bits of {@link NodeTrees.flags}. */
export const nodeFlag = {
  /** where a missing value goes */
  defaultLeft: 1,
  /** the split is a set of categories: in it goes left, outside of it right; `threshold` is the number of the set */
  category: 2,
  /** LightGBM's missing_type None: NaN is read as 0 (numbers) or as no category */
  missingNone: 4,
  /** LightGBM's missing_type Zero: 0 (|x| <= 1e-35) and NaN are both missing */
  missingZero: 8,
} as const;

/** Trees of nodes, all trees one after the other. Node 0 of a tree is its root; children are numbered within the tree. */
export interface NodeTrees {
  readonly shape: 'nodes';
  /** shape (trees + 1): where each tree's nodes begin */
  readonly start: Int32Array;
  /** column of the split; -1 for a leaf */
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  /** 0 for a leaf */
  readonly left: Int32Array;
  /** 0 for a leaf */
  readonly right: Int32Array;
  readonly flags: Uint8Array;
  /** shape (nodes x leafWidth): what a leaf adds, shrinkage included; inner nodes may hold what they would have added */
  readonly value: Float64Array;
  /** loss reduction of the split by the training library's own definition; 0 for a leaf or when unknown */
  readonly gain: Float64Array;
  /** sum of hessians of the training rows in the node; 0 when unknown */
  readonly cover: Float64Array;
  /** training rows in the node; 0 when unknown */
  readonly count: Float64Array;
  /** sets of categories, shape (sets + 1), empty without: bit c of set s is bit `c & 31` of `setBits[setStart[s] + (c >> 5)]` */
  readonly setStart: Int32Array;
  readonly setBits: Uint32Array;
}

/**
 * Symmetric (oblivious) trees: every level of a tree asks one question, the answers are the bits of the leaf number
 * (question of level 0 = lowest bit, set when the answer is yes).
 */
export interface SymmetricTrees {
  readonly shape: 'symmetric';
  /** shape (trees + 1): where each tree's questions begin */
  readonly start: Int32Array;
  readonly feature: Int32Array;
  /** yes when `value > border` in 32 bits, or, for a question about a category, when `code == border` */
  readonly border: Float64Array;
  /** 1: about a category */
  readonly equal: Uint8Array;
  /** shape (trees + 1): where each tree's leaves begin, counted in leaves */
  readonly leafStart: Int32Array;
  /** shape (leaves x leafWidth) */
  readonly value: Float64Array;
  /** shape (leaves): weight of the training rows; 0 when unknown */
  readonly weight: Float64Array;
  /** shape (questions): loss reduction of a question, 0 when unknown */
  readonly gain: Float64Array;
}

export type Link = 'identity' | 'logistic' | 'exp' | 'softmax';

export interface TreeEnsemble {
  /** whose definitions of comparison, missing values and gain hold */
  readonly dialect: 'xgboost' | 'lightgbm' | 'catboost' | 'forest';
  readonly features: readonly FeatureInfo[];
  readonly derived: readonly DerivedColumn[];
  readonly tables: readonly StatisticTable[];
  /** raw scores per row */
  readonly outputs: number;
  /** 1: a tree adds to one output, `treeOutput`; else `outputs`: a leaf holds one value for each */
  readonly leafWidth: number;
  /** shape (trees); all 0 where leaves hold every output */
  readonly treeOutput: Int32Array;
  /** shape (outputs): added to the sum of the trees, on the raw scale */
  readonly base: Float64Array;
  /** factor on the sum of the trees: 1, or 1 / trees for a forest */
  readonly scale: number;
  /** trees grown per boosting round */
  readonly treesPerRound: number;
  readonly trees: NodeTrees | SymmetricTrees;
  /** numeric splits of `nodes`: left when value < threshold (`lt`) or <= threshold (`le`) */
  readonly compare: 'lt' | 'le';
  /** values are rounded to 32 bits before they are compared */
  readonly single: boolean;
  /** shape (features): how CatBoost reads a missing number, as less or as greater than all; null outside of it */
  readonly missingAs: readonly ('min' | 'max')[] | null;
  /** from raw score to what is predicted */
  readonly link: Link;
  /** objective by the dialect's own name, e.g. `reg:squarederror`, `regression`, `RMSE:…` */
  readonly objective: string;
  /** levels of a quantile objective, one per output; null for others */
  readonly levels: readonly number[] | null;
}

export const treeCount = (ensemble: TreeEnsemble): number => ensemble.trees.start.length - 1;

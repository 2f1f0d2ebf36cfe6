/**
 * @file Parameters of `random_forest`, `extra_trees` and `decision_tree` under scikit-learn's names
 * (https://scikit-learn.org/stable/api/sklearn.ensemble.html). The trees are grown over histograms of 255 bins where
 * scikit-learn tries every value; squared error is the criterion. Columns of categories are split as sets, which
 * scikit-learn knows from its histogram boosting only. Descriptions give scikit-learn's own default where ours differs.
 *
 * Not taken: the criteria friedman_mse (deprecated there), absolute_error and poisson, and what says how work is done rather than
 * what comes of it (n_jobs, verbose, warm_start, oob_score).
 */
import { z } from 'zod';
import { metricByName } from '../objectives/metrics.ts';
import { squaredError } from '../objectives/regression.ts';
import type { Sampling, TrainConfig } from '../training/config.ts';
import { autoOr, defineParams, monotone, monotoneByColumn, penalty, rounds, share } from './define.ts';
import { autoLeafRows } from './plan.ts';
import type { Plan, Problem } from './plan.ts';

const whole = z.number().int();
const count = z.number().int().min(1);

const treeShape = (features: { readonly ours: number | 'sqrt' | 'log2' | null; readonly theirs: string }) =>
  ({
    max_depth: count
      .max(64)
      .nullable()
      .default(null)
      .describe('Depth of a tree, null = no limit (scikit-learn: null)'),
    min_samples_leaf: autoOr(z.number().gt(0))
      .default('auto')
      .describe(
        'Least rows in a leaf, a share of all rows below 1; auto: grows with the horizon (scikit-learn: 1)',
      ),
    max_features: z
      .union([z.enum(['sqrt', 'log2']), z.number().gt(0)])
      .nullable()
      .default(features.ours)
      .describe(
        `Columns tried per split: a share up to 1.0, a number from 2, sqrt, log2, null = all (scikit-learn: ${features.theirs})`,
      ),
    min_samples_split: z
      .number()
      .gt(0)
      .default(2)
      .describe('Least rows of a node that is split, a share of all rows up to 1 (scikit-learn: 2)'),
    min_weight_fraction_leaf: z
      .number()
      .min(0)
      .max(0.5)
      .default(0)
      .describe('Least share of the total weight in a leaf (scikit-learn: 0)'),
    max_leaf_nodes: count
      .min(2)
      .max(1_000_000)
      .nullable()
      .default(null)
      .describe('Most leaves, best split first; null = no limit (scikit-learn: null)'),
    min_impurity_decrease: penalty
      .default(0)
      .describe('Least decrease of the variance by a split (scikit-learn: 0)'),
    ccp_alpha: penalty
      .default(0)
      .describe(
        'Minimal cost-complexity pruning: price of a leaf in units of the variance (scikit-learn: 0)',
      ),
    categorical_features: z
      .enum(['from_dtype', 'none'])
      .default('from_dtype')
      .describe(
        'from_dtype: categories are split as sets; none: by their code as a number, as scikit-learn does (HistGradientBoosting: from_dtype)',
      ),
    max_bin: count.min(2).max(65_535).default(255).describe('Bins per column (scikit-learn: every value)'),
    criterion: z.enum(['squared_error']).default('squared_error').describe('scikit-learn: squared_error'),
    monotonic_cst: monotone,
    random_state: whole.optional().describe('Default: runtime.seed of the recipe'),
  }) as const;

const forestShape = (trees: number, bootstrap: boolean, theirs: string) =>
  ({
    n_estimators: rounds.default(trees).describe('Trees (scikit-learn: 100)'),
    bootstrap: z
      .boolean()
      .default(bootstrap)
      .describe(`Each tree sees rows drawn with replacement (scikit-learn: ${theirs})`),
    max_samples: z
      .union([share, count.min(2)])
      .nullable()
      .default(null)
      .describe(
        'bootstrap: rows drawn per tree, a share up to 1.0 of the total weight or a number from 2; null = as many as there are rows (scikit-learn: null)',
      ),
  }) as const;

const aliases = { random_state: ['seed'], monotonic_cst: ['monotone_constraints'] } as const;

export const randomForestParams = defineParams(
  { ...forestShape(100, true, 'true'), ...treeShape({ ours: 1, theirs: '1.0' }) },
  aliases,
);
export const extraTreesParams = defineParams(
  { ...forestShape(100, false, 'false'), ...treeShape({ ours: null, theirs: '1.0' }) },
  aliases,
);
export const decisionTreeParams = defineParams(
  {
    splitter: z
      .enum(['best', 'random'])
      .default('best')
      .describe('random: one random threshold per column (scikit-learn: best)'),
    ...treeShape({ ours: null, theirs: 'null' }),
  },
  aliases,
);
type Forest = ReturnType<typeof randomForestParams.parse>;

/** Columns tried per split. */
function columnsTried(wanted: Forest['max_features'], columns: number): number {
  if (wanted === null) return columns;
  const tried =
    wanted === 'sqrt'
      ? Math.sqrt(columns)
      : wanted === 'log2'
        ? Math.log2(columns)
        : wanted > 1
          ? wanted
          : wanted * columns;
  return Math.min(columns, Math.max(1, Math.floor(tried + 1e-9)));
}

const splitRows = (wanted: number, rows: number): number =>
  Math.max(2, wanted <= 1 ? Math.ceil(wanted * rows) : Math.ceil(wanted));

function leafRows(wanted: Forest['min_samples_leaf'], { leads, rows }: Problem): number {
  if (wanted === 'auto') return Math.max(1, Math.round(autoLeafRows(leads, rows) / 2));
  return Math.max(1, Math.ceil(wanted < 1 ? wanted * rows : wanted));
}

function plan(params: Forest, samplingOf: (rows: number) => Sampling, extraRandom: boolean): Plan {
  const objective = squaredError('squared_error');
  const metric = metricByName(
    'rmse',
    objective,
    { link: 'identity', levels: [], delta: 1, power: 1.5 },
    'model.params',
  );
  return {
    patience: null,
    validationFraction: 0,
    seed: params.random_state ?? null,
    classes: null,
    config: (problem): TrainConfig => ({
      dialect: 'forest',
      objective,
      rounds: params.n_estimators,
      treesPerRound: 1,
      averaged: true,
      binning: { maxBin: params.max_bin, minDataInBin: 1, borders: 'xgboost', seed: problem.seed },
      grower: {
        policy: params.max_leaf_nodes === null ? 'depthwise' : 'leafwise',
        maxDepth: params.max_depth ?? 0,
        maxLeaves: params.max_leaf_nodes ?? 0,
        lambda: 0,
        alpha: 0,
        minGain: params.min_impurity_decrease * problem.totalWeight,
        minHessian: params.min_weight_fraction_leaf * problem.totalWeight,
        minRows: leafRows(params.min_samples_leaf, problem),
        maxDeltaStep: 0,
        learningRate: 1,
        columnShare: { tree: 1, level: 1, node: 1 },
        monotone: monotoneByColumn(params.monotonic_cst, problem.names, problem.categorical),
        interactions: null,
        pathSmooth: 0,
        extraRandom,
        score: 'gain',
        randomStrength: 0,
        // sorted by their means a node's categories have their best division between two neighbours (Fisher 1958)
        categories:
          params.categorical_features === 'none'
            ? null
            : {
                dialect: 'xgboost',
                oneHotUpTo: 0,
                maxThreshold: Number.MAX_SAFE_INTEGER,
                smooth: 0,
                l2: 0,
                minDataPerGroup: 0,
              },
        forest: {
          columns: columnsTried(params.max_features, problem.names.length),
          minSplitRows: splitRows(params.min_samples_split, problem.rows),
        },
        seed: problem.seed,
      },
      start: null,
      firstOrder: false,
      sampling: samplingOf(problem.rows),
      leaves: { kind: 'grown' },
      leafPrice: params.ccp_alpha * problem.totalWeight,
      statistics: null,
      metrics: [metric],
      patience: null,
      minImprovement: 0,
      seed: problem.seed,
    }),
  };
}

const bootstrapOf =
  ({ bootstrap, max_samples }: Pick<Forest, 'bootstrap' | 'max_samples'>) =>
  (rows: number): Sampling => {
    if (!bootstrap) return { kind: 'all' };
    if (max_samples === null || max_samples > 1) return { kind: 'bootstrap', draws: max_samples ?? rows };
    return { kind: 'bootstrap', share: max_samples };
  };

export const randomForestPlan = (params: ReturnType<typeof randomForestParams.parse>): Plan =>
  plan(params, bootstrapOf(params), false);

export const extraTreesPlan = (params: ReturnType<typeof extraTreesParams.parse>): Plan =>
  plan(params, bootstrapOf(params), true);

export const decisionTreePlan = (params: ReturnType<typeof decisionTreeParams.parse>): Plan =>
  plan(
    { ...params, n_estimators: 1, bootstrap: false, max_samples: null },
    () => ({ kind: 'all' }),
    params.splitter === 'random',
  );

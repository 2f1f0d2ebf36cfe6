/**
 * @file Parameters of the depth-wise boosting model under XGBoost's names and aliases
 * (https://xgboost.readthedocs.io/en/stable/parameter.html). Descriptions give XGBoost's own default where ours
 * differs: ours are chosen for load series, on rolling folds that end before any test span.
 */
import { z } from 'zod';
import { paramsError } from '../params.ts';

export const objectives = [
  'reg:squarederror',
  'reg:absoluteerror',
  'reg:quantileerror',
  'reg:pseudohubererror',
] as const;
export type ObjectiveName = (typeof objectives)[number];

const share = z.number().gt(0).max(1);
const levels = z.union([z.number().gt(0).lt(1), z.array(z.number().gt(0).lt(1)).min(1).max(99)]);
const alias = <T extends z.ZodType>(schema: T, of: string) => schema.optional().describe(`Alias of ${of}`);

const rounds = z.number().int().min(1).max(100_000);
const rate = z.number().gt(0).max(10);
const penalty = z.number().nonnegative();

export const xgboostParamsSchema = z.strictObject({
  n_estimators: rounds.default(200).describe('Boosting rounds (XGBoost: 100)'),
  learning_rate: rate.default(0.05).describe('Shrinkage of each tree (XGBoost: 0.3)'),
  max_depth: z.number().int().min(1).max(24).default(6).describe('Depth of a tree (XGBoost: 6)'),
  min_child_weight: z
    .union([z.literal('auto'), penalty])
    .default('auto')
    .describe('Least sum of hessians in a child; auto: grows with the horizon, see autoChildWeight (XGBoost: 1)'),
  reg_lambda: penalty.default(1).describe('L2 penalty of leaf weights (XGBoost: 1)'),
  reg_alpha: penalty.default(0).describe('L1 penalty of leaf weights (XGBoost: 0)'),
  gamma: penalty.default(0).describe('Least loss reduction of a split (XGBoost: 0)'),
  max_bin: z.number().int().min(2).max(65_535).default(255).describe('Bins per column (XGBoost: 256)'),
  subsample: share.default(0.6).describe('Share of rows per tree (XGBoost: 1)'),
  colsample_bytree: share.default(0.5).describe('Share of columns per tree (XGBoost: 1)'),
  colsample_bylevel: share.default(1).describe('Share of columns per level (XGBoost: 1)'),
  colsample_bynode: share.default(1).describe('Share of columns per split (XGBoost: 1)'),
  max_delta_step: penalty.default(0).describe('Largest leaf weight before shrinkage, 0 = no limit (XGBoost: 0)'),
  objective: z.enum(objectives).default('reg:squarederror').describe('Loss (XGBoost: reg:squarederror)'),
  quantile_alpha: levels.optional().describe('reg:quantileerror: one level or several'),
  huber_slope: z.number().positive().default(1).describe('reg:pseudohubererror: where it turns linear (XGBoost: 1)'),
  base_score: z.number().optional().describe('First prediction; default: estimated from the target'),
  early_stopping_rounds: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe('Stop when the validation tail has not improved for so many rounds; then refit on all rows'),
  validation_fraction: z
    .number()
    .gt(0)
    .max(0.5)
    .default(0.15)
    .describe('Last share of the rows, in time, that early stopping watches'),
  seed: z.number().int().optional().describe('Default: runtime.seed of the recipe'),
  eta: alias(rate, 'learning_rate'),
  num_boost_round: alias(rounds, 'n_estimators'),
  lambda: alias(penalty, 'reg_lambda'),
  alpha: alias(penalty, 'reg_alpha'),
  min_split_loss: alias(penalty, 'gamma'),
  random_state: alias(z.number().int(), 'seed'),
});

/** Other spellings that XGBoost takes, and what they stand for. */
export const aliases = {
  eta: 'learning_rate',
  num_boost_round: 'n_estimators',
  lambda: 'reg_lambda',
  alpha: 'reg_alpha',
  min_split_loss: 'gamma',
  random_state: 'seed',
} as const;
type Alias = keyof typeof aliases;
const isAlias = (key: string): key is Alias => Object.hasOwn(aliases, key);

/**
 * `min_child_weight: auto`. Errors of the leads of one origin go together: a day that starts badly is bad for hours. A leaf
 * must therefore hold rows of several origins before it says anything new.
 * @param leads leads per origin that are forecast together, at most those of a day
 */
export function autoChildWeight(leads: number, rows: number): number {
  return Math.max(1, Math.min(20 + 3 * leads, rows / 40));
}

export type XgboostParams = Omit<z.infer<typeof xgboostParamsSchema>, Alias>;

/**
 * Parses parameters as written in a recipe and folds aliases into the names they stand for. Of a name and its alias the one
 * written later counts, so that setting `eta` over a template that says `learning_rate` does what it says.
 * @throws AppError `model-params` naming the key
 */
export function parseXgboostParams(raw: Record<string, unknown>): XgboostParams {
  const result = xgboostParamsSchema.safeParse(raw);
  if (!result.success) throw paramsError(result.error);
  const parsed = new Map(Object.entries(result.data).filter(([name]) => !isAlias(name)));
  const values: Record<string, unknown> = result.data;
  for (const key of Object.keys(raw)) if (raw[key] !== undefined) parsed.set(isAlias(key) ? aliases[key] : key, values[key] as never);
  const params = Object.fromEntries(parsed) as XgboostParams;
  if (params.objective === 'reg:quantileerror' && params.quantile_alpha === undefined) return { ...params, quantile_alpha: 0.5 };
  return params;
}

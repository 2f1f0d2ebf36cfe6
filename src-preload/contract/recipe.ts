/** @file The recipe: the YAML that says everything about a run. One schema for the file, the API and the store. */
import { z } from 'zod';
import { metricNames } from './metrics.ts';

export const tasks = ['forecast', 'regression', 'classification'] as const;
export const modelTypes = [
  'seasonal_naive',
  'linear',
  'xgboost',
  'blend',
  'lightgbm',
  'catboost',
  'random_forest',
  'extra_trees',
  'decision_tree',
  'ensemble_lightgbm',
  'ensemble_ridge',
  'chronos2_zeroshot',
  'chronos2_finetuned',
  'chronos2_covariates',
  'chronos_bolt',
  'chronos_t5',
] as const;
export type ModelType = (typeof modelTypes)[number];
export type Task = (typeof tasks)[number];

const names = z.array(z.string());
const steps = z.number().int().positive();

export const recipeSchema = z.strictObject({
  version: z.literal(1).default(1).describe('Version of the recipe format'),
  name: z.string().optional().describe('Name shown in tables; default: the file name'),
  description: z.string().optional(),
  task: z.enum(tasks).default('forecast'),
  data: z
    .strictObject({
      target: z
        .string()
        .nullable()
        .default(null)
        .describe('Column to forecast; null: the target chosen at import'),
      series: z
        .string()
        .nullable()
        .default(null)
        .describe('Which series of a long-form dataset; null: the first'),
      from: z.string().nullable().default(null).describe('First local day or instant used, ISO 8601'),
      to: z.string().nullable().default(null).describe('Last local day or instant used, ISO 8601'),
      pastCovariates: names
        .default([])
        .describe('Known up to the origin only; enter lagged by at least the lead time'),
      knownCovariates: names.default([]).describe('Known over the whole horizon: plans, weather forecasts'),
      features: z
        .union([z.literal('auto'), names])
        .default('auto')
        .describe('regression: same-instant input columns'),
      allowLeakage: z.boolean().default(false).describe('regression: keep columns that give the target away'),
    })
    .prefault({}),
  cleaning: z
    .strictObject({
      gaps: z
        .enum(['none', 'interpolate', 'seasonal'])
        .default('seasonal')
        .describe('How missing target readings are filled for features'),
      maxGapSteps: z.number().int().nonnegative().default(96).describe('Longer gaps stay missing'),
      outliers: z
        .enum(['none', 'clip'])
        .default('none')
        .describe('clip: limit the training target to outlierSigma robust deviations'),
      outlierSigma: z.number().positive().default(8),
    })
    .prefault({}),
  features: z
    .strictObject({
      lags: z
        .union([z.literal('auto'), z.array(steps)])
        .default('auto')
        .describe('Target lags in steps, each at least the lead time'),
      seasonalMeans: z
        .union([z.literal('auto'), z.array(steps)])
        .default('auto')
        .describe('Means of the last k same-slot readings, in weeks'),
      rolling: z
        .union([z.literal('auto'), z.array(steps)])
        .default('auto')
        .describe('Trailing windows, in steps, up to the origin'),
      calendar: z.boolean().default(true),
      holidays: z
        .strictObject({
          country: z.string().nullable().default(null),
          region: z.string().nullable().default(null),
        })
        .prefault({}),
    })
    .prefault({}),
  training: z
    .strictObject({
      weight: z
        .string()
        .nullable()
        .default(null)
        .describe(
          'Column that says how much each reading counts in training; 0 leaves it out. It is no feature',
        ),
      halfLifeDays: z
        .number()
        .positive()
        .max(1e6)
        .nullable()
        .default(null)
        .describe('Readings this many days older than the newest count half; null: all alike'),
      continueFrom: z
        .string()
        .nullable()
        .default(null)
        .describe(
          'Id of a finished run of the same model type and features: its trees stay, new ones are added',
        ),
    })
    .prefault({}),
  split: z
    .strictObject({
      test: z
        .union([z.number().gt(0).lt(1), z.string()])
        .default(0.2)
        .describe('Share of the rows, or the first test day'),
      strategy: z.enum(['expanding', 'sliding']).default('expanding'),
      trainWindow: steps.nullable().default(null).describe('sliding: training rows kept, in steps'),
      gap: z
        .number()
        .int()
        .nonnegative()
        .default(0)
        .describe('Steps between the last training row and the first forecast row'),
      stride: steps.nullable().default(null).describe('Steps between origins; null: the horizon'),
      refit: z.number().int().nonnegative().default(0).describe('Refit after this many origins; 0: fit once'),
      maxWindows: steps.nullable().default(null).describe('At most this many origins, spread evenly'),
    })
    .prefault({}),
  forecast: z
    .strictObject({
      horizon: z
        .union([z.literal('day'), steps])
        .default('day')
        .describe('Steps ahead; day: one day'),
      strategy: z.enum(['direct', 'recursive']).default('direct'),
      quantiles: z
        .array(z.number().gt(0).lt(1))
        .min(1)
        .default([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]),
      nonNegative: z
        .union([z.literal('auto'), z.boolean()])
        .default('auto')
        .describe('auto: when the training target never is negative'),
    })
    .prefault({}),
  model: z.strictObject({
    type: z.enum(modelTypes),
    params: z
      .record(z.string(), z.unknown())
      .default({})
      .describe('Parameters by their original names; checked per type'),
  }),
  search: z.null().default(null).describe('Reserved for hyperparameter search'),
  thresholds: z
    .partialRecord(
      z.enum([...metricNames, 'skill']),
      z.strictObject({ min: z.number().optional(), max: z.number().optional() }),
    )
    .default({})
    .describe('Limits checked after evaluation; a miss marks the run, it does not fail it'),
  tracking: z
    .strictObject({
      experiment: z.string().nullable().default(null).describe('null: the dataset name'),
      tags: z.record(z.string(), z.string()).default({}),
      champion: z
        .enum(['auto', 'manual'])
        .default('auto')
        .describe('auto: the best run on the same split takes the alias'),
      metric: z.enum(['mae', 'rmse', 'wape', 'mase', 'wql']).default('mae'),
    })
    .prefault({}),
  runtime: z
    .strictObject({
      seed: z.number().int().default(42),
      threads: z.union([z.literal('auto'), steps]).default('auto'),
      device: z
        .enum(['auto', 'cpu', 'gpu'])
        .default('auto')
        .describe(
          'Where trees are grown and networks run. auto: trees on a graphics card where it measures faster, with the same model; networks on a card with memory of its own, equal up to rounding',
        ),
      retry: z
        .strictObject({
          count: z.number().int().nonnegative().default(0),
          delaySeconds: z.number().nonnegative().default(5),
        })
        .prefault({}),
      notify: z.boolean().default(true).describe('Show a notification when the run ends'),
    })
    .prefault({}),
});
/** A recipe with every default filled in: its normalised form. */
export type Recipe = z.infer<typeof recipeSchema>;

export const recipeIssueSchema = z.object({
  severity: z.enum(['error', 'warning']),
  code: z.string(),
  message: z.string(),
  line: z.number().int().nullable(),
  column: z.number().int().nullable(),
  key: z.string().nullable(),
  suggestion: z.string().nullable(),
});
export type RecipeIssue = z.infer<typeof recipeIssueSchema>;

export const recipeSummarySchema = z.object({
  /** file name, e.g. xgboost_config.yaml */
  name: z.string(),
  title: z.string(),
  description: z.string(),
  modelType: z.enum(modelTypes),
  family: z.enum(['baseline', 'linear', 'boosting', 'ensemble', 'foundation']),
  task: z.enum(tasks),
  builtIn: z.boolean(),
  /** false: the task is not part of this version, or the file does not load */
  engineReady: z.boolean(),
});
export type RecipeSummary = z.infer<typeof recipeSummarySchema>;

/** Names of the templates that suit a dataset, in the order in which they are trained. */
export const portfolioSchema = z.object({
  recipes: z.array(z.string()),
  /** pretrained networks trained further: minutes on a graphics card, longer on the processor */
  thorough: z.array(z.string()),
});
export type Portfolio = z.infer<typeof portfolioSchema>;

/** @file Runs, steps, events, experiments, forecasts and reports as every client sees them. Times are UTC ms. */
import { z } from 'zod';
import { errorDataSchema } from './errors.ts';
import { modelJobSchema } from './foundation-models.ts';
import { metricsSchema } from './metrics.ts';

export const stepIds = [
  'load-config',
  'load-data',
  'validate',
  'features',
  'train',
  'evaluate',
  'check-thresholds',
  'save-model',
  'record',
  'notify',
] as const;
export type StepId = (typeof stepIds)[number];

export const runStatuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted'] as const;
export type RunStatus = (typeof runStatuses)[number];
export const stepStatuses = [
  'pending',
  'running',
  'succeeded',
  'reused',
  'failed',
  'cancelled',
  'interrupted',
  'skipped',
] as const;
export type StepStatus = (typeof stepStatuses)[number];
/** A run that will not change any more by itself. */
export const isOver = (status: RunStatus): boolean => status !== 'queued' && status !== 'running';

export const artifactRefSchema = z.object({ name: z.string(), hash: z.string(), bytes: z.number() });
export type ArtifactRef = z.infer<typeof artifactRefSchema>;

export const stepViewSchema = z.object({
  id: z.enum(stepIds),
  status: z.enum(stepStatuses),
  startedAt: z.number().nullable(),
  durationMs: z.number().nullable(),
  /** 0..1 while running */
  fraction: z.number().nullable(),
  message: z.string().nullable(),
  inputs: z.array(artifactRefSchema),
  outputs: z.array(artifactRefSchema),
  error: errorDataSchema.nullable(),
});
export type StepView = z.infer<typeof stepViewSchema>;

export const baselineSchema = z.object({
  /** the better of daily and weekly seasonal naive, by MAE, on the same backtest */
  name: z.string(),
  mae: z.number().nullable(),
  rmse: z.number().nullable(),
  daily: metricsSchema.nullable(),
  weekly: metricsSchema.nullable(),
});
export type Baseline = z.infer<typeof baselineSchema>;

export const runSummarySchema = z.object({
  id: z.string(),
  /** recipe name */
  recipe: z.string(),
  modelType: z.string(),
  task: z.string(),
  experiment: z.string(),
  dataset: z.string(),
  datasetVersion: z.number().int(),
  target: z.string().nullable(),
  unit: z.string().nullable(),
  status: z.enum(runStatuses),
  attempt: z.number().int(),
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  finishedAt: z.number().nullable(),
  durationMs: z.number().nullable(),
  /** 0..1 over all steps */
  fraction: z.number(),
  currentStep: z.enum(stepIds).nullable(),
  etaMs: z.number().nullable(),
  horizon: z.number().int().nullable(),
  /** runs with the same splitKey were evaluated on the same rows and origins, so their metrics compare */
  splitKey: z.string().nullable(),
  metrics: metricsSchema.nullable(),
  /** 1 - MAE / MAE of the baseline */
  skill: z.number().nullable(),
  baseline: baselineSchema.nullable(),
  thresholdsMet: z.boolean().nullable(),
  champion: z.boolean(),
  tags: z.record(z.string(), z.string()),
  error: errorDataSchema.nullable(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const runDetailSchema = runSummarySchema.extend({
  steps: z.array(stepViewSchema),
  /** the recipe as it was written */
  recipeText: z.string(),
  /** the normalised recipe, flattened: `model.params.eta` -> `0.1` */
  params: z.record(z.string(), z.string()),
  artifacts: z.array(artifactRefSchema),
  thresholds: z.array(
    z.object({
      metric: z.string(),
      value: z.number().nullable(),
      min: z.number().nullable(),
      max: z.number().nullable(),
      met: z.boolean(),
    }),
  ),
  owner: z.object({ pid: z.number().int().nullable(), heartbeatAt: z.number().nullable() }),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

export const logLineSchema = z.object({
  seq: z.number().int(),
  at: z.number(),
  step: z.enum(stepIds).nullable(),
  attempt: z.number().int(),
  level: z.enum(['debug', 'info', 'warn', 'error']),
  message: z.string(),
});
export type LogLine = z.infer<typeof logLineSchema>;

/** What clients hear while something runs. */
export const appEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run'), run: runSummarySchema }),
  z.object({ type: z.literal('run-deleted'), runId: z.string() }),
  z.object({ type: z.literal('step'), runId: z.string(), step: stepViewSchema }),
  z.object({ type: z.literal('log'), runId: z.string(), lines: z.array(logLineSchema) }),
  /** points of a curve seen while training, e.g. loss per round */
  z.object({ type: z.literal('curve'), runId: z.string(), name: z.string(), x: z.number(), y: z.number() }),
  z.object({ type: z.literal('dataset'), dataset: z.string() }),
  z.object({
    type: z.literal('import-progress'),
    file: z.string(),
    fraction: z.number(),
    message: z.string(),
  }),
  z.object({ type: z.literal('model-job'), job: modelJobSchema }),
  z.object({ type: z.literal('champion'), experiment: z.string(), runId: z.string() }),
]);
export type AppEvent = z.infer<typeof appEventSchema>;

export const experimentSchema = z.object({
  name: z.string(),
  dataset: z.string(),
  runs: z.number().int(),
  champion: z.string().nullable(),
  lastRunAt: z.number().nullable(),
});
export type Experiment = z.infer<typeof experimentSchema>;

const numbers = z.array(z.number().nullable());

/** Where a model is good and where it fails, from its backtest. */
export const diagnosticsSchema = z.object({
  runId: z.string(),
  unit: z.string().nullable(),
  /** MAE and bias by lead time, index 0 = one step ahead */
  byLead: z.object({ mae: numbers, bias: numbers }),
  /** MAE and bias by local hour of week, Monday 00 first, length 168 */
  byHourOfWeek: z.object({ mae: numbers, bias: numbers }),
  worstDays: z.array(
    z.object({ day: z.string(), mae: z.number(), actualMean: z.number(), predictedMean: z.number() }),
  ),
  /** actual against predicted over the backtest, thinned if long */
  series: z.object({
    t: z.array(z.number()),
    actual: numbers,
    predicted: numbers,
    low: numbers,
    high: numbers,
  }),
  residualHistogram: z.object({ edges: z.array(z.number()), counts: z.array(z.number().int()) }),
  /** share of actuals at or below each nominal quantile level */
  calibration: z.object({ level: z.array(z.number()), share: numbers }),
  featureImportance: z.array(z.object({ name: z.string(), share: z.number() })),
  curves: z.array(z.object({ name: z.string(), x: z.array(z.number()), y: z.array(z.number()) })),
});
export type Diagnostics = z.infer<typeof diagnosticsSchema>;

export const forecastSchema = z.object({
  id: z.string(),
  runId: z.string(),
  recipe: z.string(),
  dataset: z.string(),
  datasetVersion: z.number().int(),
  target: z.string(),
  unit: z.string().nullable(),
  timezone: z.string(),
  frequency: z.string(),
  issuedAt: z.number(),
  /** last instant whose data the forecast used */
  origin: z.number(),
  levels: z.array(z.number()),
  /** which end of its interval a row's `timestamp` names: the one the dataset's own stamps name */
  stamps: z.enum(['beginning', 'ending']).default('beginning'),
  /** `timestamp` ISO 8601 with the local offset; `t` the interval's beginning, UTC ms; `quantiles` keyed by level as text */
  rows: z.array(
    z.object({
      timestamp: z.string(),
      t: z.number(),
      quantiles: z.record(z.string(), z.number().nullable()),
    }),
  ),
  /** the last readings before the origin, for the chart */
  history: z.object({ t: z.array(z.number()), actual: numbers }),
  /** what networks ran on, `cpu` or the card's name; null: there was none in the model */
  device: z.string().nullable().default(null),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
});
export type Forecast = z.infer<typeof forecastSchema>;
export const forecastSummarySchema = forecastSchema
  .pick({ id: true, runId: true, recipe: true, dataset: true, target: true, issuedAt: true, origin: true })
  .extend({ horizon: z.number().int() });
export type ForecastSummary = z.infer<typeof forecastSummarySchema>;

export const comparisonSchema = z.object({
  runs: z.array(runSummarySchema),
  /** false: at least two runs were evaluated on different rows, so the metrics do not compare */
  sameSplit: z.boolean(),
  /** rows that differ between the recipes */
  params: z.array(z.object({ key: z.string(), values: z.array(z.string().nullable()) })),
  diagnostics: z.array(
    diagnosticsSchema.pick({ runId: true, byLead: true, byHourOfWeek: true, series: true }),
  ),
  /** Diebold-Mariano test of each run against the first, on absolute errors, Harvey correction; null where it cannot be had */
  significance: z.array(
    z.object({ runId: z.string(), statistic: z.number().nullable(), pValue: z.number().nullable() }),
  ),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** Runs that can be joined to an ensemble, the best first. */
export const combinableSchema = z.object({
  members: z.array(
    runSummarySchema
      .pick({ id: true, recipe: true, modelType: true })
      .extend({ value: z.number(), unit: z.string().nullable() }),
  ),
  leftOut: z.array(
    z.object({
      id: z.string(),
      recipe: z.string(),
      reason: z.enum([
        'not-finished',
        'baseline',
        'ensemble',
        'no-figure',
        'other-split',
        'duplicate',
        'not-best',
      ]),
    }),
  ),
  /** e.g. that members were trained with other features than the ensemble will be */
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
});
export type Combinable = z.infer<typeof combinableSchema>;

export const reportSchema = z.object({
  id: z.string(),
  format: z.enum(['html', 'pdf']),
  file: z.string(),
  bytes: z.number(),
  runIds: z.array(z.string()),
  createdAt: z.number(),
});
export type Report = z.infer<typeof reportSchema>;

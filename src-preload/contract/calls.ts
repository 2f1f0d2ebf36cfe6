/** @file Every call across a border, declared once. Renderer client, bridge, HTTP routes and CLI derive from this object. */
import { z } from 'zod';
import {
  datasetSummarySchema,
  datasetVersionSchema,
  heatmapSchema,
  importOptionsSchema,
  importPreviewSchema,
  profileSchema,
  seriesChartSchema,
} from './dataset.ts';
import { explanationSchema, stepExplanationSchema } from './explain.ts';
import { foundationCalls } from './foundation-models.ts';
import { modelFileCalls } from './model-files.ts';
import { portfolioSchema, recipeIssueSchema, recipeSchema, recipeSummarySchema } from './recipe.ts';
import {
  combinableSchema,
  comparisonSchema,
  diagnosticsSchema,
  experimentSchema,
  forecastSchema,
  forecastSummarySchema,
  logLineSchema,
  reportSchema,
  runDetailSchema,
  runStatuses,
  runSummarySchema,
  stepIds,
} from './runs.ts';

/** Which runs an ensemble is made of: the best of an experiment, or of the runs named. */
const best = {
  experiment: z.string().optional(),
  ids: z.array(z.string()).min(1).max(200).optional(),
  /** how many, fewer if there are fewer */
  count: z.number().int().min(2).max(20).default(3),
  metric: z.enum(['mae', 'rmse', 'wape', 'mase', 'wql']).default('mae'),
};
const none = z.strictObject({});
const ok = z.object({ ok: z.literal(true) });
const runId = z.strictObject({ id: z.string() });
const version = { dataset: z.string(), version: z.number().int().optional() };
/** An absolute path, or `upload:<id>` for a file sent to the local server in browser mode. */
const file = z.string().min(1);

/** `HOST:PORT` or a whole address. */
const networkAddress = (text: string): boolean => {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  return URL.canParse(whole) && /^https?:$/.test(new URL(whole).protocol);
};
const address = z
  .string()
  .max(2000)
  .refine(networkAddress, 'must be an address like http://HOST:PORT')
  .nullable();

export const settingsSchema = z.object({
  language: z.enum(['system', 'en', 'es']),
  theme: z.enum(['system', 'light', 'dark']),
  /** runs that execute side by side */
  parallelRuns: z.number().int().min(1).max(64),
  country: z.string().nullable(),
  /** address through which the hub of models is reached; null: as the environment says */
  proxy: address,
  /** address of a mirror of the hub; null: as the environment says, else the hub itself */
  modelMirror: address,
});
export type Settings = z.infer<typeof settingsSchema>;

export const systemInfoSchema = z.object({
  version: z.string(),
  mode: z.enum(['electron', 'browser', 'cli']),
  workspace: z.object({
    path: z.string(),
    readOnly: z.boolean(),
    ownerPid: z.number().int().nullable(),
    schemaVersion: z.number().int(),
    freeBytes: z.number().nullable(),
    healthy: z.boolean(),
  }),
  platform: z.object({
    os: z.string(),
    arch: z.string(),
    node: z.string(),
    cpu: z.string(),
    physicalCores: z.number().int(),
    memoryBytes: z.number(),
  }),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), message: z.string() })),
});
export type SystemInfo = z.infer<typeof systemInfoSchema>;

/** Something that models are fitted on. */
const deviceSchema = z.object({
  name: z.string(),
  kind: z.enum(['cpu', 'gpu']),
  memoryBytes: z.number().nullable(),
  /** trees of models: on the processor always, on a card where they grow faster there; null: never */
  trees: z.enum(['always', 'where-faster']).nullable(),
  /** networks, such as foundation models */
  networks: z.boolean(),
});
export type Device = z.infer<typeof deviceSchema>;

export const calls = {
  'system.info': { input: none, output: systemInfoSchema },
  /** Takes a moment: a graphics driver is loaded to see whether there is a card. */
  'system.devices': { input: none, output: z.array(deviceSchema) },
  'settings.get': { input: none, output: settingsSchema },
  'settings.set': { input: settingsSchema.partial().strict(), output: settingsSchema },

  'datasets.preview': {
    input: z.strictObject({ file, options: importOptionsSchema.default({}) }),
    output: importPreviewSchema,
  },
  'datasets.import': {
    input: z.strictObject({ file, options: importOptionsSchema.default({}) }),
    output: datasetVersionSchema.extend({ created: z.boolean() }),
  },
  /** Gives up what reads the file; a file that was sent is removed. */
  'datasets.cancelImport': { input: z.strictObject({ file }), output: ok },
  'datasets.importSample': { input: none, output: datasetVersionSchema.extend({ created: z.boolean() }) },
  'datasets.list': { input: none, output: z.array(datasetSummarySchema) },
  'datasets.get': {
    input: z.strictObject(version),
    output: datasetVersionSchema.extend({ profile: profileSchema }),
  },
  'datasets.versions': {
    input: z.strictObject({ dataset: z.string() }),
    output: z.array(datasetVersionSchema),
  },
  'datasets.setTarget': {
    input: z.strictObject({ dataset: z.string(), target: z.string() }),
    output: datasetVersionSchema,
  },
  'datasets.delete': { input: z.strictObject({ dataset: z.string() }), output: ok },
  'datasets.series': {
    input: z.strictObject({
      ...version,
      column: z.string(),
      series: z.string().optional(),
      from: z.number().optional(),
      to: z.number().optional(),
      points: z.number().int().min(10).max(20_000).default(2000),
    }),
    output: seriesChartSchema,
  },
  'datasets.heatmap': {
    input: z.strictObject({ ...version, column: z.string(), series: z.string().optional() }),
    output: heatmapSchema,
  },

  'recipes.list': { input: none, output: z.array(recipeSummarySchema) },
  /** what `runs.start` trains with `portfolio`, and with `thorough` besides */
  'recipes.portfolio': { input: z.strictObject(version), output: portfolioSchema },
  'recipes.get': {
    input: z.strictObject({ name: z.string() }),
    output: z.object({ name: z.string(), text: z.string() }),
  },
  'recipes.validate': {
    input: z.strictObject({ text: z.string() }),
    output: z.object({ issues: z.array(recipeIssueSchema), recipe: recipeSchema.nullable() }),
  },
  'recipes.schema': { input: none, output: z.record(z.string(), z.unknown()) },
  'recipes.save': {
    input: z.strictObject({ name: z.string(), text: z.string() }),
    output: recipeSummarySchema,
  },
  /** `set`: dotted keys to values as text, e.g. `model.params.eta` -> `0.05`; comments and layout of the YAML are kept */
  'recipes.edit': {
    input: z.strictObject({ text: z.string(), set: z.record(z.string(), z.unknown()) }),
    output: z.object({ text: z.string() }),
  },

  'runs.start': {
    input: z
      .strictObject({
        ...version,
        /** recipe names or whole YAML texts; empty with `portfolio` */
        recipes: z.array(z.string()).default([]),
        /** every model whose engine is here and that suits the data */
        portfolio: z.boolean().default(false),
        /** with `portfolio`: after all others, Chronos-2 trained further on the data, and with its other columns where it has some */
        thorough: z.boolean().optional(),
        set: z.record(z.string(), z.unknown()).default({}),
        horizon: z.number().int().positive().optional(),
        test: z.union([z.number(), z.string()]).optional(),
        experiment: z.string().optional(),
      })
      .refine(({ portfolio, thorough = false }) => portfolio || !thorough, {
        path: ['thorough'],
        error: 'thorough goes with portfolio',
      }),
    output: z.object({ experiment: z.string(), runIds: z.array(z.string()) }),
  },
  'runs.list': {
    input: z.strictObject({
      experiment: z.string().optional(),
      dataset: z.string().optional(),
      status: z.enum(runStatuses).optional(),
      limit: z.number().int().min(1).max(10_000).default(200),
      offset: z.number().int().min(0).default(0),
    }),
    output: z.object({ runs: z.array(runSummarySchema), total: z.number().int() }),
  },
  'runs.get': { input: runId, output: runDetailSchema },
  'runs.logs': {
    input: z.strictObject({
      id: z.string(),
      step: z.enum(stepIds).optional(),
      attempt: z.number().int().optional(),
      after: z.number().int().default(0),
      limit: z.number().int().min(1).max(10_000).default(2000),
    }),
    output: z.array(logLineSchema),
  },
  'runs.cancel': { input: runId, output: ok },
  'runs.resume': { input: runId, output: runSummarySchema },
  /** a new run that reuses every step whose inputs and code are unchanged; `recipe`: an edited YAML text */
  'runs.rerun': {
    input: z.strictObject({ id: z.string(), recipe: z.string().optional() }),
    output: runSummarySchema,
  },
  /** which runs `runs.combine` would take, and why not the others */
  'runs.combinable': { input: z.strictObject(best), output: combinableSchema },
  /** trains an ensemble of the best runs that were judged on the same rows; baselines and ensembles are left out */
  'runs.combine': {
    input: z.strictObject({
      ...best,
      combiner: z.enum(['ridge', 'lightgbm']).default('ridge'),
      /** of the recipe, as shown in tables */
      name: z.string().min(1).max(200).optional(),
    }),
    output: combinableSchema.extend({ experiment: z.string(), runId: z.string(), recipe: z.string() }),
  },
  'runs.delete': { input: runId, output: ok },
  'runs.tag': {
    input: z.strictObject({ id: z.string(), tags: z.record(z.string(), z.string().nullable()) }),
    output: runSummarySchema,
  },
  'runs.diagnostics': {
    input: z.strictObject({ id: z.string(), points: z.number().int().min(10).max(20_000).default(2000) }),
    output: diagnosticsSchema,
  },
  /** computed once, then kept; takes seconds */
  'runs.explain': { input: runId, output: explanationSchema },
  'runs.cancelExplain': { input: runId, output: ok },
  /** why the prediction for one moment is what it is: of the backtest, or of a stored forecast */
  'runs.explainStep': {
    input: z.strictObject({ id: z.string(), t: z.number(), forecastId: z.string().optional() }),
    output: stepExplanationSchema,
  },
  'runs.compare': {
    input: z.strictObject({ ids: z.array(z.string()).min(1).max(200) }),
    output: comparisonSchema,
  },

  'experiments.list': { input: none, output: z.array(experimentSchema) },
  'models.promote': { input: runId, output: runSummarySchema },
  ...modelFileCalls,
  ...foundationCalls,

  'forecasts.create': {
    input: z.strictObject({
      dataset: z.string(),
      version: z.number().int().optional(),
      /** null: the champion of the dataset's experiment */
      runId: z.string().optional(),
      horizon: z.number().int().positive().optional(),
      from: z.string().optional(),
      to: z.string().optional(),
      quantiles: z.array(z.number().gt(0).lt(1)).min(1).optional(),
    }),
    output: forecastSchema,
  },
  'forecasts.list': {
    input: z.strictObject({ dataset: z.string().optional(), runId: z.string().optional() }),
    output: z.array(forecastSummarySchema),
  },
  'forecasts.get': { input: z.strictObject({ id: z.string() }), output: forecastSchema },
  'forecasts.export': {
    input: z.strictObject({ id: z.string(), format: z.enum(['csv', 'parquet']), out: z.string().optional() }),
    output: z.object({ file: z.string(), bytes: z.number() }),
  },

  'reports.create': {
    input: z.strictObject({
      runIds: z.array(z.string()).min(1),
      format: z.enum(['html', 'pdf']),
      language: z.enum(['en', 'es']).default('en'),
      out: z.string().optional(),
    }),
    output: reportSchema,
  },
  'reports.list': { input: none, output: z.array(reportSchema) },
} as const;

export type Calls = typeof calls;
export type CallName = keyof Calls;
/** What a caller may leave out is optional here. */
export type Input<K extends CallName> = z.input<Calls[K]['input']>;
/** What a procedure receives: defaults filled in. */
export type ParsedInput<K extends CallName> = z.output<Calls[K]['input']>;
export type Output<K extends CallName> = z.infer<Calls[K]['output']>;

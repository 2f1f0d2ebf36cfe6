/** @file Models as files of XGBoost, LightGBM, CatBoost and ONNX: what can leave, what can come in, and what came in. */
import { z } from 'zod';
import { metricsSchema } from './metrics.ts';

export const importFormats = ['xgboost-json', 'xgboost-ubjson', 'lightgbm-text', 'catboost-json'] as const;
export type ImportFormat = (typeof importFormats)[number];
/** They hold the trees of a model alone. */
export const treeFormats = [...importFormats, 'onnx'] as const;
/** `voltcast`: everything another Voltcast needs; `chronos`: a folder with a checkpoint, or a tar archive of one. */
export const exportFormats = ['voltcast', ...treeFormats, 'chronos'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export const importedModelSchema = z.object({
  /** unique in the workspace */
  name: z.string(),
  /** UTC ms */
  importedAt: z.number(),
  source: z.object({
    file: z.string(),
    format: z.enum(importFormats),
    bytes: z.number(),
    /** of the file's content */
    sha256: z.string(),
  }),
  library: z.enum(['xgboost', 'lightgbm', 'catboost', 'forest']),
  objective: z.string(),
  /** levels of a quantile model, one per output */
  levels: z.array(z.number()).nullable(),
  outputs: z.number().int(),
  trees: z.number().int(),
  features: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['number', 'category']),
      categories: z.number().int().nullable(),
    }),
  ),
});
export type ImportedModel = z.infer<typeof importedModelSchema>;

export const evaluatedModelSchema = z.object({
  name: z.string(),
  /** what it was judged on: rows of a dataset, or the backtest of a run */
  on: z.union([
    z.object({ dataset: z.string(), version: z.number().int(), target: z.string() }),
    z.object({ runId: z.string() }),
  ]),
  /** rows with a reading and a prediction */
  rows: z.number().int(),
  metrics: metricsSchema,
  /** of the run itself, on the same rows */
  runMetrics: metricsSchema.nullable(),
  /** CSV of the predictions, where one was asked for */
  file: z.string().nullable(),
});
export type EvaluatedModel = z.infer<typeof evaluatedModelSchema>;

const named = z.strictObject({ name: z.string() });
const file = z.string().min(1);

export const modelFileCalls = {
  /**
   * `id`: a run, or the name of an imported model. `out`: absolute path, written by this machine; without it the answer
   * names a download; with `chronos` a folder, or an archive where the name ends in .tar or .tar.gz. `features`: absolute path of a CSV with the rows of the backtest as the model sees them
   */
  'models.export': {
    input: z.strictObject({
      id: z.string(),
      format: z.enum(exportFormats).default('voltcast'),
      out: z.string().optional(),
      features: z.string().optional(),
    }),
    output: z.object({
      file: z.string(),
      bytes: z.number(),
      features: z.string().nullable(),
      /** what the file does not do that Voltcast does: for people */
      notes: z.array(z.string()),
    }),
  },
  'models.import': {
    input: z.strictObject({
      file,
      format: z.enum(importFormats).optional(),
      /** default: the file's name */
      name: z.string().min(1).max(100).optional(),
    }),
    output: importedModelSchema,
  },
  'models.imported': { input: z.strictObject({}), output: z.array(importedModelSchema) },
  'models.remove': { input: named, output: z.object({ ok: z.literal(true) }) },
  /** on the rows of a dataset whose columns it knows, or on the backtest of a run whose features it was trained on */
  'models.evaluate': {
    input: z.strictObject({
      name: z.string(),
      runId: z.string().optional(),
      dataset: z.string().optional(),
      version: z.number().int().optional(),
      /** default: the dataset's own */
      target: z.string().optional(),
      out: z.string().optional(),
    }),
    output: evaluatedModelSchema,
  },
  /** from file to file, nothing is kept */
  'models.convert': {
    input: z.strictObject({
      file,
      from: z.enum(importFormats).optional(),
      to: z.enum(treeFormats).optional(),
      out: z.string(),
    }),
    output: z.object({ file: z.string(), bytes: z.number(), from: z.enum(importFormats), to: z.string() }),
  },
} as const;

/** @file Datasets: what an import asks, proposes, warns about and stores. Times are UTC milliseconds. */
import { z } from 'zod';

export const columnKinds = [
  'timestamp',
  'series',
  'load',
  'covariate',
  'category',
  'label',
  'constant',
  'empty',
] as const;
/** What a column is to a forecaster. `load` is a target candidate, `label` a class to predict. */
export type ColumnKind = (typeof columnKinds)[number];

export const warningSchema = z.object({
  /** kebab-case, e.g. `leakage`, `midnight-previous-day`, `zero-holes`, `gaps`, `duplicates`, `dst-gap`, `stuck-values` */
  code: z.string(),
  message: z.string(),
  column: z.string().optional(),
  /** what to do about it */
  hint: z.string().optional(),
  /** rows concerned */
  rows: z.number().int().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type Warning = z.infer<typeof warningSchema>;

export const columnInfoSchema = z.object({
  name: z.string(),
  kind: z.enum(columnKinds),
  type: z.enum(['number', 'text', 'timestamp', 'boolean']),
  unit: z.string().nullable(),
  missing: z.number().int(),
  distinct: z.number().int().nullable(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  mean: z.number().nullable(),
  std: z.number().nullable(),
  /** true where the value follows from the calendar alone (seconds since midnight, weekday), so it is known ahead */
  knownAhead: z.boolean(),
  /** set where the column gives the target away at the same instant; unusable in a forecast unless lagged by the horizon */
  leakage: z.object({ r2: z.number(), with: z.array(z.string()), message: z.string() }).nullable(),
});
export type ColumnInfo = z.infer<typeof columnInfoSchema>;

export const repairCodes = [
  'midnight-previous-day',
  'zero-holes',
  'duplicate-timestamps',
  'out-of-order',
  'meter-total',
  'stuck-values',
  'category-spelling',
  'dst-repeat',
  'dst-gap',
] as const;
export type RepairCode = (typeof repairCodes)[number];

export const repairSchema = z.object({
  code: z.enum(repairCodes),
  title: z.string(),
  /** what was found and what the repair does, with figures */
  message: z.string(),
  rows: z.number().int(),
  recommended: z.boolean(),
  applied: z.boolean(),
  column: z.string().optional(),
  /** the figure that proves it, before and after */
  effect: z.object({ figure: z.string(), before: z.number(), after: z.number() }).optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type Repair = z.infer<typeof repairSchema>;

export const importOptionsSchema = z.object({
  name: z.string().optional(),
  /** one column, or date and time columns */
  timestamp: z.union([z.string(), z.array(z.string()).min(1).max(2)]).optional(),
  target: z.string().optional(),
  /** IANA zone, or `UTC` */
  timezone: z.string().optional(),
  dateOrder: z.enum(['dmy', 'mdy', 'ymd']).optional(),
  stamps: z.enum(['beginning', 'ending']).optional(),
  delimiter: z.string().optional(),
  decimal: z.enum(['.', ',']).optional(),
  encoding: z.string().optional(),
  layout: z.enum(['plain', 'long', 'wide-days']).optional(),
  /** long form: the column that names the series */
  series: z.string().optional(),
  /** `recommended` (default), `none`, or the codes to apply */
  repairs: z.union([z.literal('recommended'), z.literal('none'), z.array(z.enum(repairCodes))]).optional(),
});
export type ImportOptions = z.infer<typeof importOptionsSchema>;

/** A thing the file does not say and the importer will not guess. The answer goes back in {@link ImportOptions}. */
export const importQuestionSchema = z.object({
  code: z.enum(['date-order', 'decimal', 'timezone', 'timestamp', 'target', 'series', 'meter-total']),
  message: z.string(),
  /** key of ImportOptions that takes the answer */
  option: z.string(),
  choices: z.array(z.object({ value: z.string(), label: z.string(), example: z.string().optional() })),
  /** false: a sensible default is taken and the import can go on */
  blocking: z.boolean(),
});
export type ImportQuestion = z.infer<typeof importQuestionSchema>;

export const fileFormatSchema = z.object({
  kind: z.enum(['csv', 'parquet']),
  compression: z.enum(['none', 'gzip']),
  encoding: z.string(),
  delimiter: z.string(),
  decimal: z.enum(['.', ',']),
  thousands: z.string().nullable(),
  /** physical lines before the header, e.g. a preamble or `sep=` */
  preambleLines: z.number().int(),
  footerLines: z.number().int(),
  header: z.boolean(),
  unitsRow: z.boolean(),
  layout: z.enum(['plain', 'long', 'wide-days']),
  dateFormat: z.string(),
});
export type FileFormat = z.infer<typeof fileFormatSchema>;

const numbers = z.array(z.number().nullable());
export const histogramSchema = z.object({ edges: z.array(z.number()), counts: z.array(z.number().int()) });
export const profileSchema = z.object({
  rows: z.number().int(),
  start: z.number(),
  end: z.number(),
  expectedRows: z.number().int(),
  gaps: z.array(z.object({ from: z.number(), to: z.number(), steps: z.number().int() })),
  gapSteps: z.number().int(),
  duplicates: z.number().int(),
  columns: z.array(
    z.object({
      name: z.string(),
      missing: z.number().int(),
      zeros: z.number().int(),
      outliers: z.number().int(),
      /** 5, 25, 50, 75, 95 % */
      quantiles: numbers,
      histogram: histogramSchema.nullable(),
      topCategories: z.array(z.object({ value: z.string(), rows: z.number().int() })),
      /** mean per slot of the local day, length = steps per day */
      dailyShape: numbers,
      /** mean per local hour of week, Monday 00 first, length 168 */
      weeklyShape: numbers,
    }),
  ),
});
export type Profile = z.infer<typeof profileSchema>;

export const importPreviewSchema = z.object({
  file: z.string(),
  bytes: z.number(),
  format: fileFormatSchema,
  rows: z.number().int(),
  columns: z.array(columnInfoSchema),
  series: z.array(z.string()),
  target: z.string().nullable(),
  /** ISO 8601 duration, e.g. PT15M; null when the rows have no common step */
  frequency: z.string().nullable(),
  timezone: z.string().nullable(),
  stamps: z.enum(['beginning', 'ending']),
  start: z.number().nullable(),
  end: z.number().nullable(),
  questions: z.array(importQuestionSchema),
  repairs: z.array(repairSchema),
  warnings: z.array(warningSchema),
  /** the first rows as they were read, for the eye */
  sample: z.array(z.array(z.string().nullable())),
  sampleHeader: z.array(z.string()),
  profile: profileSchema.nullable(),
});
export type ImportPreview = z.infer<typeof importPreviewSchema>;

export const datasetVersionSchema = z.object({
  dataset: z.string(),
  version: z.number().int(),
  /** hash of the content: the same content is the same version */
  contentHash: z.string(),
  importedAt: z.number(),
  source: z.object({ file: z.string(), bytes: z.number(), sha256: z.string() }),
  format: fileFormatSchema,
  rows: z.number().int(),
  columns: z.array(columnInfoSchema),
  series: z.array(z.string()),
  target: z.string().nullable(),
  frequency: z.string(),
  timezone: z.string(),
  stamps: z.enum(['beginning', 'ending']),
  /** first and last stamp as interval beginnings, UTC ms */
  start: z.number(),
  end: z.number(),
  repairs: z.array(repairSchema),
  warnings: z.array(warningSchema),
});
export type DatasetVersion = z.infer<typeof datasetVersionSchema>;

export const datasetSummarySchema = z.object({
  name: z.string(),
  versions: z.number().int(),
  latest: datasetVersionSchema,
  runs: z.number().int(),
});
export type DatasetSummary = z.infer<typeof datasetSummarySchema>;

/** One column over time, thinned to min and max per bucket so that no peak is lost. All arrays have one length. */
export const seriesChartSchema = z.object({
  column: z.string(),
  unit: z.string().nullable(),
  t: z.array(z.number()),
  min: numbers,
  max: numbers,
  /** readings per bucket; 1 means raw values, min = max */
  perBucket: z.number(),
  rows: z.number().int(),
});
export type SeriesChart = z.infer<typeof seriesChartSchema>;

/** days x slots, row-major, local clock */
export const heatmapSchema = z.object({
  days: z.array(z.string()),
  slots: z.number().int(),
  values: numbers,
  unit: z.string().nullable(),
});
export type Heatmap = z.infer<typeof heatmapSchema>;

/** @file Why a model says what it says: importances, contributions, dependence. Contributions carry the target's unit. */
import { z } from 'zod';

/** What a feature is, for a readable label; `n` counts steps, days or weeks as the kind says. */
export const featureKinds = [
  'lead',
  'hour',
  'weekday',
  'day_type',
  'year',
  'holiday',
  'before_holiday',
  'after_holiday',
  /** reading n steps before */
  'lag',
  /** same time, n-th latest known day / week */
  'day',
  'week',
  /** mean of the last n known weeks / days of equal type at that time */
  'week_mean',
  'type_mean',
  'week_level',
  'type_level',
  'week_mean_all',
  'week_level_smooth',
  'week_mean_smooth',
  /** n-th last reading before the forecast */
  'last',
  /** mean of the last n steps; how far they lay above the usual */
  'mean',
  'surprise',
  /** a column of the data: at that time; its mean over the day before; the same at the forecast's origin */
  'column',
  'column_day_mean',
  'column_origin',
  'column_day_mean_origin',
  /** the correction of an ensemble sees the weighted forecast of the members, and how far one (`column`) lies from it */
  'members',
  'member_apart',
] as const;
export type FeatureKind = (typeof featureKinds)[number];

export const featureLabelSchema = z.object({
  kind: z.enum(featureKinds),
  n: z.number().nullable(),
  column: z.string().nullable(),
});
export type FeatureLabel = z.infer<typeof featureLabelSchema>;

const alone: ReadonlySet<string> = new Set(
  featureKinds.filter((kind) => !kind.startsWith('column') && !kind.startsWith('member')),
);
const counted = /^(lag|day|week|week_mean|type_mean|last|mean|surprise)_(\d+)$/;

/**
 * The feature that a generated column belongs to. Columns that only make sense together (the pieces of a spline, sine and
 * cosine of the year) share one key.
 */
export function featureKey(name: string): string {
  if (/^clock_\d+_\d+$/.test(name)) return 'hour';
  if (/^year_(sin|cos)$/.test(name)) return 'year';
  if (/^fade_\d+$/.test(name)) return 'lead';
  const faded = /^(last|surprise_\d+) x fade_\d+$/.exec(name);
  if (faded) return faded[1] === 'last' ? 'last_1' : faded[1]!;
  return /^(.+) above -?[\d.]+(e-?\d+)?$/.exec(name)?.[1] ?? name;
}

/** The key of what a correction sees of an ensemble's members. @param member null: their weighted forecast */
export const membersKey = (member: string | null): string =>
  member === null ? "members' forecast" : `members' forecast, ${member} apart`;

export function describeFeature(key: string): FeatureLabel {
  const [ofMembers, member] = /^members' forecast(?:, (.+) apart)?$/.exec(key) ?? [];
  if (ofMembers !== undefined)
    return member === undefined
      ? { kind: 'members', n: null, column: null }
      : { kind: 'member_apart', n: null, column: member };
  if (alone.has(key)) return { kind: key as FeatureKind, n: null, column: null };
  const [, kind, n] = counted.exec(key) ?? [];
  if (kind !== undefined) return { kind: kind as FeatureKind, n: Number(n), column: null };
  for (const [ending, of] of [
    [', day mean at origin', 'column_day_mean_origin'],
    [', day mean', 'column_day_mean'],
    [' at origin', 'column_origin'],
  ] as const)
    if (key.endsWith(ending)) return { kind: of, n: null, column: key.slice(0, -ending.length) };
  return { kind: 'column', n: null, column: key };
}

export const explainedFeatureSchema = z.object({
  key: z.string(),
  label: featureLabelSchema,
  /** of its values; null without or for categories */
  unit: z.string().nullable(),
  /** texts of the codes of a category; null for a number. Weekdays and types of day are named by the screen. */
  categories: z.array(z.string()).nullable(),
});
export type ExplainedFeature = z.infer<typeof explainedFeatureSchema>;

const shares = z.array(z.number()).nullable();
const numbers = z.array(z.number().nullable());

export const importanceKinds = ['shap', 'permutation', 'gain', 'cover', 'weight'] as const;
export type ImportanceKind = (typeof importanceKinds)[number];

export const explanationSchema = z.object({
  runId: z.string(),
  modelType: z.string(),
  target: z.string(),
  unit: z.string().nullable(),
  timezone: z.string(),
  /** why there is nothing to explain; null when there is */
  none: z.enum(['no-features', 'no-statistics', 'unknown-model']).nullable(),
  /** contributions add up on a logarithmic scale when not `identity` */
  link: z.enum(['identity', 'logistic', 'exp', 'softmax']),
  /** rows of the backtest that were looked at, and of how many */
  sample: z.object({ rows: z.number().int(), of: z.number().int(), from: z.number(), to: z.number() }),
  /** prediction where nothing is known of the moment */
  expected: z.number(),
  /** by mean absolute contribution, largest first */
  features: z.array(explainedFeatureSchema),
  /** parallel to `features`; null where the model has no such figure */
  importance: z.object({
    /** mean absolute contribution, target's unit */
    shap: z.array(z.number()),
    /** rise of the mean absolute error when the feature's values are shuffled, target's unit; spread over repeats */
    permutation: z.array(z.object({ mean: z.number(), deviation: z.number() })),
    /** shares, sum 1 */
    gain: shares,
    cover: shares,
    weight: shares,
  }),
  /** mean absolute error on the sample, target's unit */
  mae: z.number(),
  /** for the features at the top: value and contribution at the same moments */
  swarm: z.array(z.object({ feature: z.number().int(), value: numbers, contribution: z.array(z.number()) })),
  /** for the features at the top that have values: mean prediction when every moment had this value */
  dependence: z.array(
    z.object({
      feature: z.number().int(),
      value: z.array(z.number()),
      mean: z.array(z.number()),
      /** a tenth of the moments lies below / above */
      low: z.array(z.number()),
      high: z.array(z.number()),
      /** how often values occur: `counts[i]` between `edges[i]` and `edges[i + 1]`, or per code for categories */
      edges: z.array(z.number()),
      counts: z.array(z.number().int()),
    }),
  ),
  /** moments that `runs.explainStep` can explain, UTC ms: first, last, and the step between */
  moments: z.object({ from: z.number(), to: z.number(), stepMs: z.number() }),
});
export type Explanation = z.infer<typeof explanationSchema>;

export const stepExplanationSchema = z.object({
  runId: z.string(),
  /** interval beginning, UTC ms */
  t: z.number(),
  /** last moment whose readings were known */
  origin: z.number(),
  unit: z.string().nullable(),
  timezone: z.string(),
  link: z.enum(['identity', 'logistic', 'exp', 'softmax']),
  expected: z.number(),
  /** `expected` plus all contributions, raised to 0 where the target cannot be negative */
  predicted: z.number(),
  actual: z.number().nullable(),
  /** largest first, by size */
  contributions: z.array(
    z.object({ feature: explainedFeatureSchema, value: z.number().nullable(), contribution: z.number() }),
  ),
});
export type StepExplanation = z.infer<typeof stepExplanationSchema>;

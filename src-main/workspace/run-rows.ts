/** @file How a run lies in its table, and how it is read back. */
import { z } from 'zod';
import {
  baselineSchema,
  errorDataSchema,
  metricNames,
  metricsSchema,
} from '../../src-preload/contract/index.ts';
import type { Metrics, RunStatus, RunSummary, StepId } from '../../src-preload/contract/index.ts';
import { parseStored } from './db.ts';

export const tagsSchema = z.record(z.string(), z.string());
export const factsSchema = z.record(z.string(), z.string());
export const thresholdsSchema = z.array(
  z.object({
    metric: z.string(),
    value: z.number().nullable(),
    min: z.number().nullable(),
    max: z.number().nullable(),
    met: z.boolean(),
  }),
);

export interface RunRow {
  readonly id: string;
  readonly recipe_name: string;
  readonly model_type: string;
  readonly task: string;
  readonly experiment: string;
  readonly dataset: string;
  readonly dataset_version: number;
  readonly target: string | null;
  readonly unit: string | null;
  readonly status: RunStatus;
  readonly attempt: number;
  readonly created_at: number;
  readonly started_at: number | null;
  readonly finished_at: number | null;
  readonly fraction: number;
  readonly current_step: StepId | null;
  readonly eta_ms: number | null;
  readonly result_at: number | null;
  readonly horizon: number | null;
  readonly split_key: string | null;
  readonly skill: number | null;
  readonly baseline_json: string | null;
  readonly thresholds_met: number | null;
  readonly champion: number;
  readonly tags_json: string;
  readonly error_json: string | null;
  readonly owner_pid: number | null;
  readonly heartbeat_at: number | null;
  readonly [metric: `metric_${string}`]: number | null;
}

const columns = [
  'id',
  'recipe_name',
  'model_type',
  'task',
  'experiment',
  'dataset',
  'dataset_version',
  'target',
  'unit',
  'status',
  'attempt',
  'created_at',
  'started_at',
  'finished_at',
  'fraction',
  'current_step',
  'eta_ms',
  'result_at',
  'horizon',
  'split_key',
  'skill',
  'baseline_json',
  'thresholds_met',
  'tags_json',
  'error_json',
  'owner_pid',
  'heartbeat_at',
];

/**
 * One query for a page, metrics included: each is one look-up by primary key, and the value comes back bit for bit
 * (SQLite's JSON functions would round it to 15 digits).
 */
export const selectRuns = `SELECT ${columns.map((name) => `r.${name}`).join(', ')},
  EXISTS (SELECT 1 FROM experiment e WHERE e.champion = r.id) AS champion,
  ${metricNames
    .map(
      (name) =>
        `(SELECT value FROM run_metric m WHERE m.run_id = r.id AND m.name = '${name}') AS metric_${name}`,
    )
    .join(',\n  ')}
FROM run r`;

const emptyTags = JSON.stringify({});

export function summaryOf(row: RunRow): RunSummary {
  const what = `run ${row.id}`;
  return {
    id: row.id,
    recipe: row.recipe_name,
    modelType: row.model_type,
    task: row.task,
    experiment: row.experiment,
    dataset: row.dataset,
    datasetVersion: row.dataset_version,
    target: row.target,
    unit: row.unit,
    status: row.status,
    attempt: row.attempt,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    durationMs: row.started_at !== null && row.finished_at !== null ? row.finished_at - row.started_at : null,
    fraction: row.fraction,
    currentStep: row.current_step,
    etaMs: row.eta_ms,
    horizon: row.horizon,
    splitKey: row.split_key,
    metrics: row.result_at === null ? null : metricsOf(row),
    skill: row.skill,
    baseline: row.baseline_json === null ? null : parseStored(baselineSchema, row.baseline_json, what),
    thresholdsMet: row.thresholds_met === null ? null : row.thresholds_met === 1,
    champion: row.champion === 1,
    tags: row.tags_json === emptyTags ? {} : parseStored(tagsSchema, row.tags_json, what),
    error: row.error_json === null ? null : parseStored(errorDataSchema, row.error_json, what),
  };
}

function metricsOf(row: RunRow): Metrics {
  return metricsSchema.parse(Object.fromEntries(metricNames.map((name) => [name, row[`metric_${name}`]])));
}

/** NaN and infinities have no place in JSON or a chart: they are "does not apply". */
export const finiteOrNull = (value: number | null | undefined): number | null =>
  value !== null && value !== undefined && Number.isFinite(value) ? value : null;

/** `{ model: { params: { eta: 0.1 } } }` -> `{ "model.params.eta": "0.1" }`; lists and empty objects stay one value. */
export function flattenParams(value: unknown, prefix = ''): Record<string, string> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const entries = Object.entries(value);
    if (entries.length > 0)
      return Object.assign(
        {},
        ...entries.map(([key, inner]) => flattenParams(inner, prefix === '' ? key : `${prefix}.${key}`)),
      ) as Record<string, string>;
  }
  return { [prefix]: typeof value === 'string' ? value : JSON.stringify(value) };
}

/** @file What one explanation does, in a thread of its own: reads the model and the backtest's rows, computes, answers. */
import { readFileSync } from 'node:fs';
import { AppError } from '../../src-preload/contract/index.ts';
import type {
  DatasetVersion,
  ErrorData,
  Explanation,
  Recipe,
  StepExplanation,
} from '../../src-preload/contract/index.ts';
import type { Frame } from '../data/frame.ts';
import { readTable } from '../data/table-store.ts';
import type { Backtest } from '../metrics/backtest.ts';
import { decodeBacktest } from '../metrics/codec.ts';
import { eachCell } from '../metrics/split.ts';
import type { Cells } from '../models/explain/cells.ts';
import type { Units } from '../models/explain/keyed.ts';
import { partsOf } from '../models/explain/parts.ts';
import type { ModelParts } from '../models/explain/parts.ts';
import { explainStep } from '../models/explain/step.ts';
import { explainSample } from '../models/explain/summary.ts';
import type { FrameMeta } from '../runs/pipeline/artifacts.ts';
import type { FinalModel } from '../runs/pipeline/final-model.ts';
import { drawOut, readProductionFrame } from './production-frame.ts';

export interface ExplainJob {
  readonly runId: string;
  readonly modelType: string;
  readonly seed: number;
  /** `model.json`, `clean.parquet` and `backtest.bin` of the run */
  readonly model: string;
  readonly table: string;
  readonly backtest: string;
  readonly meta: FrameMeta;
  /** null: the whole backtest; else one moment of it, or of a forecast */
  readonly step: StepRequest | null;
}

export interface StepRequest {
  /** interval beginning, UTC ms */
  readonly t: number;
  /** null: a moment of the backtest */
  readonly forecast: {
    readonly table: string;
    readonly version: DatasetVersion;
    readonly final: FinalModel;
    readonly cleaning: Recipe['cleaning'];
    /** UTC ms */
    readonly origin: number;
  } | null;
}

export type ExplainResult = Explanation | StepExplanation;

export type ExplainMessage =
  | { readonly type: 'done'; readonly result: ExplainResult }
  | { readonly type: 'failed'; readonly error: ErrorData };

export function runExplain(job: ExplainJob): ExplainResult {
  const context = { ...open(job), job };
  return job.step === null ? summary(context) : step(context, job.step);
}

type Opened = Omit<Context, 'job'>;
let last: { readonly key: string; readonly opened: Opened } | null = null;

/** What was read for the last job serves the next one too: people step through the moments of one run. */
function open(job: ExplainJob): Opened {
  const key = [job.model, job.table, job.backtest].join('\n');
  if (last?.key === key) return last.opened;
  const backtest = decodeBacktest(readFileSync(job.backtest));
  const opened = {
    ...scoredCells(backtest),
    backtest,
    frame: readTable(job.table, {}, job.meta),
    model: partsOf(readJson(job.model)),
    units: { target: backtest.unit, ofColumn: job.meta.units },
  };
  last = { key, opened };
  return opened;
}

interface Context {
  readonly job: ExplainJob;
  /** null for a model that does not work by features */
  readonly model: ModelParts | null;
  readonly backtest: Backtest;
  readonly frame: Frame;
  readonly cells: Cells;
  readonly actual: Float64Array;
  readonly units: Units;
}

function summary(context: Context): Explanation {
  const { job, model, backtest, frame, cells, actual, units } = context;
  const head = {
    runId: job.runId,
    modelType: job.modelType,
    target: backtest.target,
    unit: backtest.unit,
    timezone: backtest.timezone,
    moments: {
      from: backtest.time[0] ?? 0,
      to: backtest.time[backtest.actual.findLastIndex(Number.isFinite)] ?? 0,
      stepMs: backtest.resolutionMs,
    },
  };
  try {
    if (model === null || cells.target.length === 0) return { ...head, ...nothing('no-features') };
    const result = explainSample({ model, frame, cells, actual, units, seed: job.seed });
    return { ...head, none: null, ...result };
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    if (thrown.code === 'explain-needs-cover') return { ...head, ...nothing('no-statistics') };
    if (thrown.code === 'explain-unknown-model') return { ...head, ...nothing('unknown-model') };
    throw thrown;
  }
}

function nothing(
  none: NonNullable<Explanation['none']>,
): Omit<Explanation, 'runId' | 'modelType' | 'target' | 'unit' | 'timezone' | 'moments'> {
  return {
    none,
    link: 'identity',
    sample: { rows: 0, of: 0, from: 0, to: 0 },
    expected: 0,
    features: [],
    importance: { shap: [], permutation: [], gain: null, cover: null, weight: null },
    mae: 0,
    swarm: [],
    dependence: [],
  };
}

function step(context: Context, request: StepRequest): StepExplanation {
  const { job, backtest, units } = context;
  const place =
    request.forecast === null ? inBacktest(context, request.t) : inForecast(request.forecast, request.t);
  if (place.model === null)
    throw new AppError({
      code: 'explain-no-features',
      message: `A model of type "${job.modelType}" does not work by features, so there are no contributions to show.`,
      hint: 'Look at a linear, boosted or blended model.',
    });
  const explained = explainStep({ ...place, model: place.model, cells: place.cells, units, seed: job.seed });
  return {
    runId: job.runId,
    t: request.t,
    origin: place.frame.time[0] + place.origin * place.frame.resolutionMs,
    unit: backtest.unit,
    timezone: backtest.timezone,
    actual: place.actual,
    ...explained,
  };
}

interface Place {
  readonly model: ModelParts | null;
  readonly frame: Frame;
  readonly origin: number;
  readonly target: number;
  readonly cells: Cells;
  readonly actual: number | null;
}

/** The newest prediction for that moment. @throws AppError `explain-no-moment` */
function inBacktest({ model, backtest, frame, cells }: Context, t: number): Place {
  const cell = backtest.time.lastIndexOf(t);
  if (cell < 0) throw noMoment(t);
  const window = Math.floor(cell / backtest.plan.horizon);
  const origin = backtest.plan.origins[window];
  const actual = backtest.actual[cell];
  return {
    model,
    frame,
    origin,
    target: origin + backtest.plan.gap + 1 + (cell % backtest.plan.horizon),
    cells,
    actual: Number.isFinite(actual) ? actual : null,
  };
}

function inForecast(forecast: NonNullable<StepRequest['forecast']>, t: number): Place {
  const { version, final, cleaning } = forecast;
  const readings = readProductionFrame(forecast.table, version, final.signature);
  const rowAt = (utc: number): number => Math.round((utc - readings.time[0]) / readings.resolutionMs);
  const origin = rowAt(forecast.origin);
  const target = rowAt(t);
  if (origin < 0 || target <= origin) throw noMoment(t);
  const frame = drawOut(readings, origin, target - origin, final.signature, { cleaning, version });
  const model = partsOf(final.model);
  const reach = Math.max(1, Math.min(target - origin, final.signature.horizon));
  // what is usual: the readings the model knows, each as if forecast from so far ahead as this moment
  const first = Math.min(origin, 7 * Math.round(86_400_000 / readings.resolutionMs));
  const rows = Int32Array.from({ length: Math.max(1, origin - first) }, (_, i) => first + i + 1);
  return {
    model,
    frame,
    origin,
    target,
    cells: { origin: rows.map((row) => Math.max(0, row - reach)), target: rows },
    actual: null,
  };
}

const noMoment = (t: number): AppError =>
  new AppError({
    code: 'explain-no-moment',
    message: `There is no prediction for ${new Date(t).toISOString()} here.`,
    hint: 'Choose a moment of the backtest or of the forecast.',
  });

/** All predictions that have a reading to compare with. */
function scoredCells(backtest: Backtest): { cells: Cells; actual: Float64Array } {
  const origin: number[] = [];
  const target: number[] = [];
  const actual: number[] = [];
  eachCell(backtest.plan, (cell, row, window) => {
    if (!Number.isFinite(backtest.actual[cell])) return;
    origin.push(backtest.plan.origins[window]);
    target.push(row);
    actual.push(backtest.actual[cell]);
  });
  return {
    cells: { origin: Int32Array.from(origin), target: Int32Array.from(target) },
    actual: Float64Array.from(actual),
  };
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

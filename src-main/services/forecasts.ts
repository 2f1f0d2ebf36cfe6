/** @file Forecasts from a finished run's model: the next steps or a range of days, at any quantile level. */
import { randomBytes } from 'node:crypto';
import { AppError } from '../../src-preload/contract/index.ts';
import type { DatasetVersion, Forecast, ParsedInput, RunDetail } from '../../src-preload/contract/index.ts';
import { rowCount } from '../data/frame.ts';
import type { Frame } from '../data/frame.ts';
import { fromIsoDuration } from '../data/time/resolution.ts';
import { formatLocal } from '../data/time/zone.ts';
import { seasonSteps } from '../metrics/local-clock.ts';
import { numberColumn } from '../metrics/split.ts';
import type { ForecastBatch } from '../models/estimator.ts';
import { lastReading } from '../runs/pipeline/save-model.ts';
import { endOf, startOf } from '../runs/pipeline/time-range.ts';
import type { Workspace } from '../workspace/types.ts';
import { exportForecast } from './forecast-export.ts';
import { forecastValues } from './forecast-values.ts';
import { drawOut, readProductionFrame } from './production-frame.ts';
import { readTrainedModel } from './trained-model.ts';
import type { TrainedModel } from './trained-model.ts';

type Request = ParsedInput<'forecasts.create'>;
type Warnings = Forecast['warnings'];

export interface ForecastService {
  /**
   * Made, stored and returned.
   * @throws AppError `no-champion`, `run-not-succeeded`, `not-a-forecaster`, `signature-mismatch`, `range-empty`,
   *   `horizon-too-long`, `covariates-missing`, `invalid-date`
   */
  create(input: Request): Promise<Forecast>;
  /** Writes a stored forecast, whole or not at all. `out`: absolute path. */
  export(id: string, format: 'csv' | 'parquet', out: string): { file: string; bytes: number };
}

/** A model forecasts over its own forecasts beyond the trained horizon; so many times at most, or a week. */
const maxBlocks = 31;

export function createForecastService(deps: { readonly workspace: Workspace }): ForecastService {
  const { workspace } = deps;
  return {
    create: async (input) => {
      const { version, table } = workspace.getDatasetVersion(input.dataset, input.version);
      const run = findRun(workspace, input, version);
      const trained = readTrainedModel(workspace, run);
      const { signature } = trained.final;
      if (signature.task !== 'forecast')
        throw new AppError({
          code: 'not-a-forecaster',
          message: `Run ${run.id} (${run.recipe}) is a ${signature.task}: it tells the target from other columns of the same instant and cannot look ahead.`,
          hint: 'Choose a run of a forecast recipe.',
        });
      const frame = readProductionFrame(workspace.objects.path(table), version, signature);
      const warnings: Warnings = [];
      if (run.dataset !== version.dataset)
        warnings.push({
          code: 'other-dataset',
          message: `The model was trained on ${run.dataset}, not on ${version.dataset}.`,
        });
      const window = planWindow(input, frame, trained, warnings);
      const { recipe } = workspace.getRunRequest(run.id);
      const full = drawOut(frame, window.origin, window.steps, signature, {
        cleaning: recipe.cleaning,
        version,
      });
      const levels = [...new Set(input.quantiles ?? recipe.forecast.quantiles)].sort((a, b) => a - b);
      const { batch, device } = await forecastValues(workspace, {
        full,
        window,
        trained,
        levels,
        warnings,
        choice: recipe.runtime.device,
      });
      if (batch.quantiles?.some((value) => !Number.isFinite(value)))
        warnings.push({
          code: 'no-intervals',
          message:
            'There are too few past errors to say how wide the intervals are; only the middle is given.',
        });
      const forecast = toForecast({
        run,
        version,
        frame,
        full,
        window,
        batch,
        levels,
        device,
        warnings,
        trained,
      });
      workspace.addForecast(forecast);
      return forecast;
    },
    export: (id, format, out) => exportForecast(workspace.getForecast(id), format, out),
  };
}

function findRun(workspace: Workspace, input: Request, version: DatasetVersion): RunDetail {
  if (input.runId !== undefined) return workspace.getRun(input.runId);
  const own = workspace.championOf(version.dataset);
  if (own) return workspace.getRun(own.id);
  const other = workspace
    .listExperiments()
    .find((experiment) => experiment.dataset === version.dataset && experiment.champion !== null);
  if (other?.champion) return workspace.getRun(other.champion);
  throw new AppError({
    code: 'no-champion',
    message: `No model of ${version.dataset} is champion yet.`,
    hint: 'Train the portfolio first, or name a run.',
  });
}

interface Window {
  /** last row whose data is used */
  readonly origin: number;
  /** rows forecast after the origin */
  readonly steps: number;
  /** the first of them that is shown, 1 for the first */
  readonly firstShown: number;
}

function planWindow(input: Request, frame: Frame, { final }: TrainedModel, warnings: Warnings): Window {
  const { signature } = final;
  const { timezone, resolutionMs } = frame;
  const latest = lastReading(frame, signature.target);
  if (latest < 0)
    throw new AppError({
      code: 'target-empty',
      message: `"${signature.target}" has no reading to forecast from.`,
    });
  const rowAt = (utc: number): number => Math.ceil((utc - frame.time[0]!) / resolutionMs - 1e-9);
  const local = (row: number): string => formatLocal(frame.time[0]! + row * resolutionMs, timezone);

  const firstRow = input.from === undefined ? latest + 1 : rowAt(startOf(input.from, timezone, 'from'));
  const length = input.horizon ?? signature.horizon;
  const endRow =
    input.to === undefined ? firstRow + length : rowAt(endOf(input.to, timezone, resolutionMs, 'to'));
  const origin = Math.min(latest, firstRow - 1);
  if (endRow <= firstRow)
    throw new AppError({
      code: 'range-empty',
      message: `The range ends before it begins: from ${local(firstRow)} to ${local(endRow)}.`,
      hint: `The last reading is at ${local(latest)}.`,
      place: { key: 'to' },
    });
  const { day } = seasonSteps(resolutionMs);
  if (origin < Math.max(day, 1))
    throw new AppError({
      code: 'range-before-data',
      message: `A forecast from ${local(firstRow)} would have no history: the data begins at ${local(0)}.`,
      place: { key: 'from' },
    });
  const steps = endRow - 1 - origin;
  const reach = Math.max(maxBlocks * signature.horizon, 7 * day);
  if (steps > reach)
    throw new AppError({
      code: 'horizon-too-long',
      message: `${steps} steps ahead are too far for a model trained for ${signature.horizon}: it reaches ${reach} steps, to ${local(latest + reach)}.`,
      hint: `Train with forecast.horizon nearer to ${steps}, or ask for a shorter range.`,
      place: { key: input.to === undefined ? 'horizon' : 'to' },
      details: { steps, reach, trainedHorizon: signature.horizon },
    });
  if (frame.time[origin]! < signature.end)
    warnings.push({
      code: 'in-sample',
      message: `The model has learnt from readings after ${local(origin)}, so this is a look back and no test of it. The run's backtest is one.`,
    });
  const trailing = rowCount(frame) - 1 - latest;
  const needsKnown = signature.inputs.some((column) => column.role === 'known');
  if (trailing > 0 && !needsKnown && input.from === undefined)
    warnings.push({
      code: 'readings-missing',
      message: `The last ${trailing} rows have no reading; the forecast begins after ${local(latest)}.`,
    });
  return { origin, steps, firstShown: firstRow - origin };
}

function toForecast(parts: {
  run: RunDetail;
  version: DatasetVersion;
  frame: Frame;
  full: Frame;
  window: Window;
  batch: ForecastBatch;
  levels: readonly number[];
  device: string | null;
  warnings: Warnings;
  trained: TrainedModel;
}): Forecast {
  const { run, version, frame, full, window, batch, levels, device, warnings, trained } = parts;
  const { signature } = trained.final;
  const stampShift = version.stamps === 'ending' ? fromIsoDuration(version.frequency) : 0;
  const rows: Forecast['rows'] = [];
  for (let step = window.firstShown - 1; step < window.steps; step += 1) {
    const t = full.time[window.origin + 1 + step]!;
    const quantiles = Object.fromEntries(
      levels.map((level, j) => {
        const value = batch.quantiles?.[step * levels.length + j] ?? Number.NaN;
        // without past errors the middle is still the point forecast
        const known = Number.isFinite(value) ? value : level === 0.5 ? batch.point[step]! : Number.NaN;
        return [String(level), Number.isFinite(known) ? Number(known.toPrecision(9)) : null];
      }),
    );
    rows.push({ timestamp: formatLocal(t + stampShift, version.timezone), t, quantiles });
  }
  return {
    id: randomBytes(6).toString('hex'),
    runId: run.id,
    recipe: run.recipe,
    dataset: version.dataset,
    datasetVersion: version.version,
    target: signature.target,
    unit: signature.unit,
    timezone: version.timezone,
    frequency: version.frequency,
    issuedAt: Date.now(),
    origin: full.time[window.origin]!,
    levels: [...levels],
    stamps: version.stamps,
    rows,
    history: historyOf(frame, signature.target, window, fromIsoDuration(version.frequency)),
    device,
    warnings,
  };
}

/** Readings before the origin: two weeks, or twice the forecast, at most so many as a chart shows. */
const maxHistory = 5000;

function historyOf(frame: Frame, target: string, window: Window, resolutionMs: number): Forecast['history'] {
  const { week } = seasonSteps(resolutionMs);
  const length = Math.min(maxHistory, Math.max(2 * week, 2 * window.steps), window.origin + 1);
  const first = window.origin + 1 - length;
  const { values } = numberColumn(frame, target);
  return {
    t: Array.from(frame.time.subarray(first, window.origin + 1)),
    actual: Array.from(values.subarray(first, window.origin + 1), (value) =>
      Number.isFinite(value) ? value : null,
    ),
  };
}

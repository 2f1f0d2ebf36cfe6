/**
 * @file What an imported model predicts here: the rows of a dataset whose columns it knows, or the backtest of a run whose
 * features it was trained on. Nothing is refitted and nothing is known of the rows it was trained on elsewhere.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { AppError } from '../../src-preload/contract/index.ts';
import type { EvaluatedModel, ParsedInput } from '../../src-preload/contract/index.ts';
import { findColumn } from '../data/frame.ts';
import type { Column, Frame } from '../data/frame.ts';
import { readTable } from '../data/table-store.ts';
import { fromIsoDuration } from '../data/time/resolution.ts';
import { forecastWindows } from '../metrics/backtest.ts';
import { scoreBacktest } from '../metrics/baseline.ts';
import { computeMetrics } from '../metrics/compute.ts';
import { usableRows } from '../metrics/point.ts';
import type { FeatureInfo, TreeEnsemble } from '../models/boosting/ensemble.ts';
import { createEnsembleRegressor, findColumns } from '../models/boosting/interchange/regressor.ts';
import { FittedTabular } from '../models/tabular/forecaster.ts';
import { FittedRowRegression } from '../models/tabular/row-regression.ts';
import type { Workspace } from '../workspace/types.ts';
import type { ImportedModels } from './imported-models.ts';
import { readBacktest } from './run-artifacts.ts';
import { readRunFrame, readRunJson, singlePart } from './run-model.ts';

type Request = ParsedInput<'models.evaluate'>;

/** @throws AppError `model-not-found`, `columns-mismatch`, `invalid-option`, `run-not-evaluated`, `target-not-found` … */
export async function evaluateModel(
  deps: { readonly workspace: Workspace; readonly imported: ImportedModels },
  request: Request,
): Promise<EvaluatedModel> {
  const { ensemble } = deps.imported.get(request.name);
  if ((request.runId === undefined) === (request.dataset === undefined))
    throw new AppError({
      code: 'invalid-option',
      message: 'Say what the model is to be judged on: a dataset, or a run.',
      hint: '--dataset NAME for its rows, --run ID for the backtest of that run.',
    });
  return request.runId === undefined
    ? onDataset(deps.workspace, request, request.dataset!, ensemble)
    : await onRun(deps.workspace, request, request.runId, ensemble);
}

/** The run's features and backtest, with the imported trees in the place of its own. */
async function onRun(
  workspace: Workspace,
  request: Request,
  id: string,
  ensemble: TreeEnsemble,
): Promise<EvaluatedModel> {
  const run = workspace.getRun(id);
  const { model } = singlePart(run, readRunJson(workspace, run, 'model.json'));
  const state = { ...model.state, regressor: createEnsembleRegressor(ensemble) };
  findColumns(
    ensemble.features.map(({ name }) => name),
    model.state.regressor.names,
  );
  const fitted = model instanceof FittedTabular ? new FittedTabular(state) : new FittedRowRegression(state);
  const backtest = readBacktest(workspace, run);
  const { recipe } = workspace.getRunRequest(run.id);
  const frame = readRunFrame(workspace, run, 'clean.parquet');
  const task = {
    frame,
    target: backtest.target,
    horizon: backtest.plan.horizon,
    pastCovariates: [],
    knownCovariates: [],
    recipe,
  };
  const judged = { ...backtest, batch: await forecastWindows(fitted, task, backtest.plan) };
  const { metrics } = scoreBacktest(judged, readRunFrame(workspace, run, 'frame.parquet'));
  const { point } = judged.batch;
  return {
    name: request.name,
    on: { runId: run.id },
    rows: usableRows(backtest.actual, point).rows.length,
    metrics,
    runMetrics: run.metrics,
    file: writePredictions(request.out, backtest.time, backtest.actual, point),
  };
}

function onDataset(
  workspace: Workspace,
  request: Request,
  dataset: string,
  ensemble: TreeEnsemble,
): EvaluatedModel {
  const { version, table } = workspace.getDatasetVersion(dataset, request.version);
  const target = request.target ?? version.target;
  if (target === null || !version.columns.some(({ name }) => name === target))
    throw new AppError({
      code: 'target-not-found',
      message:
        target === null
          ? `Dataset ${dataset} has no target.`
          : `Dataset ${dataset} has no column "${target}".`,
      hint: 'Name the column that the model predicts with --target.',
    });
  const names = version.columns.map(({ name }) => name);
  const wanted = findColumns(
    ensemble.features.map(({ name }) => name),
    names,
  ).map((i) => names[i]);
  if (wanted.includes(target))
    throw new AppError({
      code: 'target-is-feature',
      message: `The model reads "${target}", so it cannot be judged on predicting it.`,
      hint: 'Name another column with --target.',
      place: { column: target },
    });
  const units = Object.fromEntries(version.columns.map(({ name, unit }) => [name, unit]));
  const frame = readTable(
    workspace.objects.path(table),
    { columns: [...new Set([target, ...wanted])] },
    { resolutionMs: fromIsoDuration(version.frequency), timezone: version.timezone, units },
  );
  const rows = frame.time.length;
  const columns = ensemble.features.map((feature, f) => valuesOf(columnNamed(frame, wanted[f]), feature));
  const regressor = createEnsembleRegressor(ensemble);
  const matrix = {
    rows,
    names: regressor.names,
    columns,
    categorical: ensemble.features.map(({ kind }) => kind === 'category'),
  };
  const predicted = regressor.predict(matrix);
  const actualColumn = columnNamed(frame, target);
  if (actualColumn.type !== 'number')
    throw new AppError({
      code: 'target-not-found',
      message: `"${target}" holds texts, so there is nothing to compare predictions with.`,
      hint: 'Name a column of numbers with --target.',
      place: { column: target },
    });
  const actual = actualColumn.values;
  const metrics = computeMetrics({
    actual,
    predicted,
    time: frame.time,
    timezone: frame.timezone,
    naiveScale: Number.NaN,
    levels: null,
    quantiles: null,
  });
  return {
    name: request.name,
    on: { dataset, version: version.version, target },
    rows: usableRows(actual, predicted).rows.length,
    metrics,
    runMetrics: null,
    file: writePredictions(request.out, frame.time, actual, predicted),
  };
}

const columnNamed = (frame: Frame, name: string): Column => findColumn(frame, name)!;

/** Numbers, or the model's codes of texts; -1 for a text it does not know, NaN for a missing one. */
function valuesOf(column: Column, feature: FeatureInfo): Float64Array {
  if (feature.kind === 'number') {
    if (column.type === 'number') return column.values;
    throw new AppError({
      code: 'columns-mismatch',
      message: `The model reads numbers in "${feature.name}", but the column holds texts.`,
      hint: 'Import the file again with this column as numbers.',
      place: { column: column.name },
    });
  }
  const { categories } = feature;
  const code = new Map(categories?.map((text, i) => [text, i]));
  if (column.type === 'number')
    return categories === null
      ? column.values
      : column.values.map((value) => (Number.isNaN(value) ? value : (code.get(String(value)) ?? -1)));
  if (categories === null)
    throw new AppError({
      code: 'columns-mismatch',
      message: `The model knows the categories of "${feature.name}" by number only, but the column holds texts.`,
      hint: 'Give a column of the codes that the model was trained with.',
      place: { column: column.name },
    });
  return Float64Array.from(column.codes, (at) => (at < 0 ? Number.NaN : (code.get(column.levels[at]) ?? -1)));
}

/** `time` (interval beginning, UTC), `actual`, `prediction`; an empty cell is missing. */
function writePredictions(
  out: string | undefined,
  time: Float64Array,
  actual: Float64Array,
  predicted: Float64Array,
): string | null {
  if (out === undefined) return null;
  const cell = (value: number): string => (Number.isFinite(value) ? String(value) : '');
  const lines = ['time,actual,prediction'];
  time.forEach((t, i) => lines.push(`${new Date(t).toISOString()},${cell(actual[i])},${cell(predicted[i])}`));
  mkdirSync(path.dirname(out), { recursive: true });
  writeFileAtomic.sync(out, `${lines.join('\r\n')}\r\n`);
  return out;
}

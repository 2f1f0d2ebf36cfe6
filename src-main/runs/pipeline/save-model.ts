/**
 * @file Step 8: the model for use is fitted again on every row, the test included, and stored with its signature (what
 * it must be given, in which units) and with the errors that intervals are made of.
 */
import { cleanTarget } from '../../data/cleaning/clean.ts';
import { findColumn, rowCount } from '../../data/frame.ts';
import type { Frame } from '../../data/frame.ts';
import { toIsoDuration } from '../../data/time/resolution.ts';
import { decodeBacktest } from '../../metrics/codec.ts';
import { residualsFromBacktest } from '../../metrics/intervals.ts';
import type { CalibrationResiduals } from '../../metrics/intervals.ts';
import { trainingTask } from '../../metrics/split.ts';
import { fitAgain } from '../../models/estimator.ts';
import { createEstimator, reviveModel } from '../../models/registry.ts';
import type { StepDefinition } from '../step.ts';
import { count, readFrame, readMeta, readValidation } from './artifacts.ts';
import { readContinued } from './continued.ts';
import type { FinalModel, Signature } from './final-model.ts';
import { fitContext, modelParams, taskOf } from './task.ts';
import { resolveRecipe } from './resolve.ts';
import { seconds } from './train.ts';

export const saveModel: StepDefinition = {
  id: 'save-model',
  version: 1,
  weight: 8,
  inputs: [
    'frame.parquet',
    'frame.json',
    'validation.json',
    'model.json',
    'calibration.json',
    'backtest.bin',
  ],
  reusable: true,
  params: (spec) => ({ model: modelParams(spec), cleaning: spec.recipe.cleaning }),
  async run(context) {
    const { spec } = context;
    const recipe = resolveRecipe(spec);
    const meta = readMeta(context);
    const validation = readValidation(context);
    const measured = readFrame(context, 'frame.parquet');
    const rows = rowCount(measured);
    const cleaned = cleanTarget(measured, recipe.data.target, recipe.cleaning, rows);
    const task = taskOf(spec, cleaned.frame, validation);
    const estimator = createEstimator(task.recipe);
    const started = performance.now();
    const model = await fitAgain(
      estimator,
      () => reviveModel(context.readJson('model.json')),
      trainingTask(task, rows),
      rows,
      fitContext(
        context,
        { from: 0.02, to: 0.9, label: 'final fit', keeps: true },
        null,
        readContinued(context, measured.time[rows - 1]!),
      ),
    );
    const unit = (name: string): string | null => meta.units[name] ?? null;
    const inputs: Signature['inputs'] =
      recipe.task === 'forecast'
        ? [
            ...recipe.data.pastCovariates.map((name) => ({ name, role: 'past' as const, unit: unit(name) })),
            ...recipe.data.knownCovariates.map((name) => ({
              name,
              role: 'known' as const,
              unit: unit(name),
            })),
          ]
        : validation.features.map((name) => ({ name, role: 'same-instant' as const, unit: unit(name) }));
    const final: FinalModel = {
      format: 'voltcast-final-model',
      version: 1,
      signature: {
        target: recipe.data.target,
        unit: unit(recipe.data.target),
        series: meta.series,
        frequency: toIsoDuration(meta.resolutionMs),
        timezone: meta.timezone,
        horizon: recipe.forecast.horizon,
        task: recipe.task,
        inputs,
        start: meta.start,
        end: measured.time[lastReading(measured, recipe.data.target)] ?? meta.end,
      },
      nonNegative: isNeverNegative(task.recipe.forecast.nonNegative, measured, recipe.data.target),
      model: model.toJSON(),
    };
    context.writeJson('final-model.json', final, { user: true });
    const calibration = context.readJson('calibration.json') as CalibrationResiduals | null;
    const intervals = residualsFromBacktest(calibration, decodeBacktest(context.read('backtest.bin')));
    context.writeJson('intervals.json', intervals, { user: true });
    context.log(
      'info',
      `final model fitted on all ${count(rows)} rows in ${seconds(started)}; ${count(intervals.residual.length)} errors kept for intervals`,
    );
  },
};

/** Last row with a reading of the target, -1 for none. */
export function lastReading(frame: Frame, target: string): number {
  const column = findColumn(frame, target);
  return column?.type === 'number' ? column.values.findLastIndex((value) => Number.isFinite(value)) : -1;
}

function isNeverNegative(
  setting: 'auto' | boolean,
  frame: ReturnType<typeof readFrame>,
  target: string,
): boolean {
  if (setting !== 'auto') return setting;
  const column = findColumn(frame, target);
  return column?.type === 'number' && !column.values.some((value) => value < 0);
}

/** @file Step 6: the rolling-origin backtest, its metrics, and the seasonal naive from the same origins beside them. */
import { runBacktest } from '../../metrics/backtest.ts';
import { scoreBacktest } from '../../metrics/baseline.ts';
import { encodeBacktest } from '../../metrics/codec.ts';
import type { CalibrationResiduals } from '../../metrics/intervals.ts';
import { numberColumn } from '../../metrics/split.ts';
import { createEstimator, reviveModel } from '../../models/registry.ts';
import type { StepDefinition } from '../step.ts';
import { count, figure, percent, readFrame, readSplit, readValidation } from './artifacts.ts';
import { readContinued } from './continued.ts';
import { fitContext, foundationOf, modelParams, taskOf } from './task.ts';

export const evaluate: StepDefinition = {
  id: 'evaluate',
  version: 1,
  weight: 3,
  inputs: [
    'clean.parquet',
    'frame.parquet',
    'frame.json',
    'validation.json',
    'split.json',
    'model.json',
    'calibration.json',
  ],
  reusable: true,
  params: modelParams,
  async run(context) {
    const { spec } = context;
    const { plan } = readSplit(context);
    const measured = readFrame(context, 'frame.parquet');
    const task = taskOf(spec, readFrame(context, 'clean.parquet'), readValidation(context));
    const model = reviveModel(context.readJson('model.json'), foundationOf(spec, context.objects));
    const calibration = context.readJson('calibration.json') as CalibrationResiduals | null;
    const refits = task.recipe.split.refit > 0;
    const devices = new Set<string>();
    const continued = refits ? readContinued(context, task.frame.time[plan.trainEnd - 1]!) : null;
    const backtest = await runBacktest({
      estimator: createEstimator(task.recipe),
      task,
      plan,
      model,
      calibration,
      levels: task.recipe.forecast.quantiles,
      context: fitContext(
        context,
        { from: 0, to: 0.9, used: (device) => void devices.add(device) },
        null,
        continued,
      ),
      actual: numberColumn(measured, task.target).values,
    });
    const score = scoreBacktest(backtest, measured);
    context.write('backtest.bin', encodeBacktest(backtest));
    context.writeJson('metrics.json', score, { user: true });
    context.writeJson('importance.json', model.importance());
    context.writeJson('evaluation-devices.json', [...devices].sort());

    const { metrics, baseline, skill } = score;
    const unit = backtest.unit === null ? '' : ` ${backtest.unit}`;
    context.log(
      'info',
      `RMSE ${figure(metrics.rmse)}${unit}, MAE ${figure(metrics.mae)}${unit}, R² ${figure(metrics.r2)}, WAPE ${metrics.wape === null ? '–' : percent(metrics.wape)} over ${count(plan.origins.length)} windows`,
    );
    const against = `${baseline.name} (MAE ${figure(baseline.mae)}, RMSE ${figure(baseline.rmse)})`;
    if (skill === null) context.log('warn', `no skill: ${against} gives no figure to compare with`);
    else context.log(skill < -asGood ? 'warn' : 'info', `${compareWords(skill)} ${against}`);
    if (metrics.coverage80 !== null)
      context.log('info', `${percent(metrics.coverage80)} of the readings lie within the 80 % interval`);
  },
};

/** Skill nearer to 0 than this is a draw: it would be shown as 0.0 %. */
const asGood = 0.0005;

/** `12 % better than`, `as good as` */
export function compareWords(skill: number): string {
  if (Math.abs(skill) < asGood) return 'as good as';
  return `${percent(Math.abs(skill))} ${skill < 0 ? 'worse' : 'better'} than`;
}

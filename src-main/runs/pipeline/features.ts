/** @file Step 4: which rows train and test, the target cleaned for training, and what the model will be shown. */
import { cleanTarget } from '../../data/cleaning/clean.ts';
import { rowCount } from '../../data/frame.ts';
import type { Frame } from '../../data/frame.ts';
import { formatLocal } from '../../data/time/zone.ts';
import { planSplit } from '../../metrics/split.ts';
import type { SplitPlan } from '../../metrics/split.ts';
import type { StepDefinition } from '../step.ts';
import { count, percent, readFrame, readValidation, writeFrame, writeSplit } from './artifacts.ts';
import { resolveRecipe } from './resolve.ts';

export const features: StepDefinition = {
  id: 'features',
  version: 1,
  weight: 0.5,
  inputs: ['frame.parquet', 'frame.json', 'validation.json'],
  reusable: true,
  params: (spec) => {
    const { task, data, cleaning, split, forecast, training } = resolveRecipe(spec);
    const { pastCovariates, knownCovariates, target } = data;
    const { weight } = training;
    return {
      task,
      target,
      pastCovariates,
      knownCovariates,
      cleaning,
      split,
      weight,
      horizon: forecast.horizon,
    };
  },
  async run(context) {
    const recipe = resolveRecipe(context.spec);
    const { target } = recipe.data;
    const frame = readFrame(context, 'frame.parquet');
    const plan = planSplit(frame, target, recipe);
    context.progress(0.3, 'split planned');
    const cleaned = cleanTarget(frame, target, recipe.cleaning, plan.trainEnd);
    context.progress(0.7, 'cleaned');
    const inputs =
      recipe.task === 'forecast'
        ? [...recipe.data.pastCovariates, ...recipe.data.knownCovariates]
        : readValidation(context).features;
    // columns the model is never shown need not be carried along
    const kept = new Set([target, recipe.training.weight, ...inputs]);
    const clean: Frame = {
      ...cleaned.frame,
      columns: cleaned.frame.columns.filter((column) => kept.has(column.name)),
    };
    writeFrame(context, 'clean.parquet', clean);
    writeSplit(context, {
      plan,
      cleaning: { filled: cleaned.filled, clipped: cleaned.clipped },
      features: inputs,
    });
    context.log('info', describePlan(frame, plan, recipe.task));
    if (cleaned.filled > 0)
      context.log(
        'info',
        `${count(cleaned.filled)} missing readings filled (${recipe.cleaning.gaps}); they are not scored`,
      );
    if (cleaned.clipped > 0)
      context.log(
        'info',
        `${count(cleaned.clipped)} training readings limited to ${recipe.cleaning.outlierSigma} robust deviations`,
      );
  },
};

function describePlan(frame: Frame, plan: SplitPlan, task: string): string {
  const rows = rowCount(frame);
  const tested = rows - plan.testStart;
  const first = formatLocal(frame.time[plan.testStart]!, frame.timezone);
  const windows =
    task === 'forecast' ? `, ${count(plan.origins.length)} forecasts of ${count(plan.horizon)} steps` : '';
  const gap = plan.gap > 0 ? `, gap of ${count(plan.gap)}` : '';
  return `train on ${count(plan.trainEnd)} rows, test on ${count(tested)} (${percent(tested / rows)}) from ${first}${gap}${windows}`;
}

/** @file Step 3: is there enough, is it what the recipe says, and does nothing give the answer away? */
import { AppError } from '../../../src-preload/contract/index.ts';
import { seasonSteps } from '../../metrics/local-clock.ts';
import type { StepDefinition } from '../step.ts';
import { readFrame } from './artifacts.ts';
import type { Validation } from './artifacts.ts';
import { checkCovariates, checkLength, checkTarget, checkWeight, chooseFeatures } from './checks.ts';
import type { CheckInput } from './checks.ts';
import { resolveRecipe } from './resolve.ts';

export const validate: StepDefinition = {
  id: 'validate',
  version: 1,
  weight: 0.5,
  inputs: ['frame.parquet', 'frame.json'],
  reusable: true,
  params: (spec) => {
    const recipe = resolveRecipe(spec);
    return {
      task: recipe.task,
      data: recipe.data,
      horizon: recipe.forecast.horizon,
      gap: recipe.split.gap,
      test: recipe.split.test,
      calendar: recipe.features.calendar,
      weight: recipe.training.weight,
      importTarget: spec.dataset.target,
      columns: spec.dataset.columns.map(({ name, kind, knownAhead, leakage }) => [
        name,
        kind,
        knownAhead,
        leakage,
      ]),
    };
  },
  async run(context) {
    const { spec } = context;
    const frame = readFrame(context, 'frame.parquet');
    const input: CheckInput = {
      frame,
      recipe: resolveRecipe(spec),
      columns: spec.dataset.columns,
      importTarget: spec.dataset.target,
      season: seasonSteps(frame.resolutionMs),
    };
    const chosen = chooseFeatures(input);
    const checks = [
      ...checkTarget(input),
      ...checkLength(input),
      ...checkCovariates(input),
      ...checkWeight(input),
      ...chosen.checks,
    ];
    for (const check of checks)
      context.log(
        check.level === 'ok' ? 'info' : check.level === 'warning' ? 'warn' : 'error',
        check.message,
      );
    const failed = checks.filter((check) => check.level === 'error');
    if (failed[0])
      throw new AppError({
        code: failed[0].code,
        message: failed[0].message,
        ...(failed.length > 1
          ? { hint: `${failed.length - 1} more problem(s) are in the log of this step.` }
          : {}),
        details: { checks: failed },
      });
    if (input.recipe.task !== 'forecast')
      context.log(
        'info',
        `${chosen.features.length} input columns: ${chosen.features.join(', ') || 'calendar only'}`,
      );
    const validation: Validation = { checks, features: chosen.features, leaking: chosen.leaking };
    context.writeJson('validation.json', validation);
  },
};

/** @file Step 1: the recipe is read again from its text, and its open ends are decided. */
import { AppError } from '../../../src-preload/contract/index.ts';
import { recipeOrThrow } from '../../recipes/parse.ts';
import { taskReady } from '../../recipes/rules.ts';
import type { StepDefinition } from '../step.ts';
import { resolveRecipe } from './resolve.ts';

export const loadConfig: StepDefinition = {
  id: 'load-config',
  version: 1,
  weight: 0.2,
  inputs: [],
  reusable: true,
  params: (spec) => ({
    recipe: spec.recipeText,
    dataset: spec.dataset.dataset,
    target: spec.dataset.target,
    series: spec.dataset.series,
    frequency: spec.dataset.frequency,
  }),
  async run(context) {
    const { spec } = context;
    // the text is what the user wrote; a run must not depend on what an older version stored beside it
    const recipe = recipeOrThrow(spec.recipeText, spec.recipeName);
    const resolved = resolveRecipe({ recipe, dataset: spec.dataset });
    if (!taskReady(recipe.task))
      throw new AppError({
        code: 'engine-not-available',
        message: `The ${recipe.task} engine is not part of this version; nothing else is trained in its place.`,
        hint: 'Forecasts and regression train now.',
        place: { key: 'task' },
        details: { task: recipe.task },
      });
    context.writeJson('recipe.json', resolved, { user: true });
    const what =
      recipe.task === 'forecast'
        ? `${resolved.forecast.horizon} steps ahead, ${recipe.forecast.strategy}`
        : recipe.task;
    context.log(
      'info',
      `${spec.recipeName}: ${recipe.model.type}, target ${resolved.data.target}, ${what}, seed ${recipe.runtime.seed}`,
    );
  },
};

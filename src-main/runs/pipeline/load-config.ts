/** @file Step 1: the recipe is read again from its text, its open ends are decided, and the engine is asked for. */
import { AppError, modelTypes } from '../../../src-preload/contract/index.ts';
import { engineReady } from '../../models/registry.ts';
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
    const { type } = recipe.model;
    if (!taskReady(recipe.task))
      throw notAvailable(`The ${recipe.task} engine`, 'task', { task: recipe.task });
    if (!engineReady(type)) throw notAvailable(`The ${type} engine`, 'model.type', { modelType: type });
    context.writeJson('recipe.json', resolved, { user: true });
    const what =
      recipe.task === 'forecast'
        ? `${resolved.forecast.horizon} steps ahead, ${recipe.forecast.strategy}`
        : recipe.task;
    context.log(
      'info',
      `${spec.recipeName}: ${type}, target ${resolved.data.target}, ${what}, seed ${recipe.runtime.seed}`,
    );
  },
};

function notAvailable(what: string, key: string, details: Record<string, unknown>): AppError {
  return new AppError({
    code: 'engine-not-available',
    message: `${what} is not part of this version; nothing else is trained in its place.`,
    hint: `Models that train now: ${modelTypes.filter((type) => engineReady(type)).join(', ')}.`,
    place: { key },
    details,
  });
}

/**
 * @file The recipe with everything decided that the file may leave open: target, series, horizon in steps, experiment.
 * A pure function of the run's specification, so every step may call it, and a step's key holds just the part it needs:
 * changing a threshold or a name does not train anything again.
 */
import { AppError } from '../../../src-preload/contract/index.ts';
import type { Recipe } from '../../../src-preload/contract/index.ts';
import { fromIsoDuration } from '../../data/time/resolution.ts';
import { nearest } from '../../recipes/nearest.ts';
import type { RunSpec } from '../step.ts';

const dayMs = 86_400_000;

export type ResolvedRecipe = Omit<Recipe, 'data' | 'forecast' | 'tracking'> & {
  readonly data: Omit<Recipe['data'], 'target'> & { readonly target: string };
  readonly forecast: Omit<Recipe['forecast'], 'horizon'> & { readonly horizon: number };
  readonly tracking: Omit<Recipe['tracking'], 'experiment'> & { readonly experiment: string };
};

/**
 * @throws AppError `target-missing` when neither recipe nor dataset names a target; `series-not-found` with the nearest
 *   name
 */
export function resolveRecipe(spec: Pick<RunSpec, 'recipe' | 'dataset'>): ResolvedRecipe {
  const { recipe, dataset } = spec;
  const target = recipe.data.target ?? dataset.target;
  if (target === null)
    throw new AppError({
      code: 'target-missing',
      message: `Neither the recipe nor the dataset ${dataset.dataset} says which column to forecast.`,
      hint: 'Choose the target of the dataset, or set data.target in the recipe.',
      place: { key: 'data.target' },
      details: {
        choices: dataset.columns.filter((column) => column.type === 'number').map((column) => column.name),
      },
    });
  const { series } = recipe.data;
  if (series !== null && !dataset.series.includes(series)) {
    const near = nearest(series, dataset.series);
    throw new AppError({
      code: 'series-not-found',
      message:
        dataset.series.length === 0
          ? `data.series is "${series}", but ${dataset.dataset} holds a single unnamed series.`
          : `${dataset.dataset} has no series "${series}".`,
      hint:
        near === null
          ? `There are: ${dataset.series.slice(0, 10).join(', ') || 'none'}.`
          : `Did you mean ${near}?`,
      place: { key: 'data.series' },
    });
  }
  const stepsPerDay = Math.max(1, Math.round(dayMs / fromIsoDuration(dataset.frequency)));
  return {
    ...recipe,
    data: { ...recipe.data, target, series: series ?? dataset.series[0] ?? null },
    forecast: {
      ...recipe.forecast,
      horizon: recipe.forecast.horizon === 'day' ? stepsPerDay : recipe.forecast.horizon,
    },
    tracking: { ...recipe.tracking, experiment: recipe.tracking.experiment ?? dataset.dataset },
  };
}

/** @file "Train all that fit": which templates suit a dataset. */
import type { DatasetVersion, Portfolio } from '../../src-preload/contract/index.ts';
import { fromIsoDuration } from '../data/time/resolution.ts';
import { listTemplates } from './catalogue.ts';
import { covariatesOf } from './own-covariates.ts';

const dayMs = 86_400_000;

/**
 * Ready to train, but not tried on every dataset: each would cost its time and hardly ever win.
 *  - the decision tree is for reading, and errs more than every other model of trees;
 *  - of the two forests extra trees err no more on average and take half the time (`npm run bench -- accuracy --folds`);
 *  - Chronos-2 came with the app; the other Chronos models need weights that may not be here.
 */
const onRequest: ReadonlySet<string> = new Set([
  'decision_tree_config.yaml',
  'random_forest_config.yaml',
  'chronos_bolt_config.yaml',
  'chronos_t5_config.yaml',
]);

/** Each takes longer than all others together where no graphics card does the work. */
const thorough: ReadonlySet<string> = new Set([
  'chronos2_finetuned_config.yaml',
  'chronos2_covariates_config.yaml',
]);

/** Local history a template needs before its result means anything, in days. */
const daysNeeded: Readonly<Record<string, number>> = {
  'seasonal_naive_config.yaml': 3,
  // last week's value for every test row, and a week of training before it
  'seasonal_naive_weekly_config.yaml': 15,
  // a window of a week and a week ahead, and such a week again to see when training is enough
  'chronos2_finetuned_config.yaml': 28,
  'chronos2_covariates_config.yaml': 28,
};
const daysNeededByDefault = 14;

/**
 * Names of the built-in forecast templates to try: those that the data can carry, less the few that are trained on request
 * only. Empty when the dataset has no target or only a few days. `thorough` holds those that take long, to be trained after all others.
 */
export function portfolioFor(dataset: DatasetVersion): Portfolio {
  if (dataset.target === null) return { recipes: [], thorough: [] };
  const resolutionMs = fromIsoDuration(dataset.frequency);
  const days = (dataset.end - dataset.start + resolutionMs) / dayMs;
  const names = listTemplates(null)
    .filter((template) => template.task === 'forecast')
    .map((template) => template.name)
    .filter((name) => !onRequest.has(name) && days >= (daysNeeded[name] ?? daysNeededByDefault))
    // a daily season needs readings within the day
    .filter((name) => name !== 'seasonal_naive_config.yaml' || resolutionMs < dayMs)
    .filter((name) => name !== 'chronos2_covariates_config.yaml' || covariatesOf(dataset).length > 0);
  return {
    recipes: names.filter((name) => !thorough.has(name)),
    thorough: names.filter((name) => thorough.has(name)),
  };
}

/** @file "Train all that fit": which templates suit a dataset. */
import type { DatasetVersion } from '../../src-preload/contract/index.ts';
import { fromIsoDuration } from '../data/time/resolution.ts';
import { listTemplates } from './catalogue.ts';

const dayMs = 86_400_000;

/** Local history a template needs before its result means anything, in days. */
const daysNeeded: Readonly<Record<string, number>> = {
  'seasonal_naive_config.yaml': 3,
  // last week's value for every test row, and a week of training before it
  'seasonal_naive_weekly_config.yaml': 15,
};
const daysNeededByDefault = 14;

/**
 * Ready to train, but not tried on every dataset: each would cost its time and hardly ever win.
 *  - the decision tree is for reading, and errs more than every other model of trees;
 *  - Chronos-2 needs weights that may not be here, and on a processor its time;
 *  - of the two forests extra trees err no more on average and take half the time (`npm run bench -- accuracy --folds`).
 */
const onRequest: ReadonlySet<string> = new Set([
  'decision_tree_config.yaml',
  'random_forest_config.yaml',
  'chronos2_zeroshot_config.yaml',
]);

/**
 * Names of the built-in forecast templates to try: those whose engine is here and that the data can carry, less the few
 * that are trained on request only. Engines that arrive later join by themselves. Empty when the dataset has no target
 * or only a few days.
 */
export function portfolioFor(dataset: DatasetVersion): string[] {
  if (dataset.target === null) return [];
  const resolutionMs = fromIsoDuration(dataset.frequency);
  const days = (dataset.end - dataset.start + resolutionMs) / dayMs;
  return (
    listTemplates(null)
      .filter(
        (template) => template.engineReady && template.task === 'forecast' && !onRequest.has(template.name),
      )
      .filter((template) => days >= (daysNeeded[template.name] ?? daysNeededByDefault))
      // a daily season needs readings within the day
      .filter((template) => template.name !== 'seasonal_naive_config.yaml' || resolutionMs < dayMs)
      .map((template) => template.name)
  );
}

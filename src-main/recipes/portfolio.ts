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
 * Names of the built-in forecast templates to try: those that the data can carry, less the few that are trained on request
 * only. Empty when the dataset has no target or only a few days.
 */
export function portfolioFor(dataset: DatasetVersion): string[] {
  if (dataset.target === null) return [];
  const resolutionMs = fromIsoDuration(dataset.frequency);
  const days = (dataset.end - dataset.start + resolutionMs) / dayMs;
  return (
    listTemplates(null)
      .filter((template) => template.task === 'forecast' && !template.onRequest)
      .filter((template) => days >= (daysNeeded[template.name] ?? daysNeededByDefault))
      // a daily season needs readings within the day
      .filter((template) => template.name !== 'seasonal_naive_config.yaml' || resolutionMs < dayMs)
      .map((template) => template.name)
  );
}

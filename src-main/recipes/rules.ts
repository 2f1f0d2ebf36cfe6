/** @file What a schema cannot say about a recipe: keys that contradict each other, dates, and tasks a model cannot do. */
import type { ModelType, Recipe, RecipeIssue, Task } from '../../src-preload/contract/index.ts';
import { forecastsOnly } from '../models/families.ts';
import type { Path, RecipeDocument } from './document.ts';
import { issue, pathText } from './messages.ts';

/** A model is never quietly used for a task it is not made for. */
export function suitsTask(type: ModelType, task: Task): boolean {
  return task === 'forecast' || !forecastsOnly(type);
}

/** Tasks whose engines are part of this version. */
export function taskReady(task: Task): boolean {
  return task !== 'classification';
}

/** Models that a weight of single readings can reach. */
const learnsFromRows = (type: ModelType): boolean => !forecastsOnly(type);

/** Models that read no other column. */
const readsTargetAlone = (type: ModelType): boolean => type === 'chronos_bolt' || type === 'chronos_t5';

/** Models whose trees build on those before. */
const boosts = (type: ModelType): boolean => type === 'xgboost' || type === 'lightgbm' || type === 'catboost';

const isoDate = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** A day or an instant, ISO 8601. The zone of a bare day or wall time is the dataset's, so only the form is judged here. */
export function isIsoDate(text: string): boolean {
  if (!isoDate.test(text)) return false;
  const [year, month, day] = text.slice(0, 10).split('-').map(Number) as [number, number, number];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

export function checkRules(recipe: Recipe, document: RecipeDocument): RecipeIssue[] {
  const found: RecipeIssue[] = [];
  const add = (
    path: Path,
    code: string,
    message: string,
    more: Partial<Pick<RecipeIssue, 'severity' | 'suggestion'>> = {},
  ): void => {
    found.push(issue(document.valuePlace(path), { code, message, key: pathText(path), ...more }));
  };

  // dates
  const dates: readonly (readonly [Path, string | number | null])[] = [
    [['data', 'from'], recipe.data.from],
    [['data', 'to'], recipe.data.to],
    [['split', 'test'], recipe.split.test],
  ];
  for (const [path, value] of dates)
    if (typeof value === 'string' && !isIsoDate(value)) {
      const share = /^([\d.]+)\s*%$/.exec(value);
      add(
        path,
        'invalid-date',
        `${pathText(path)} takes ${path[0] === 'split' ? 'a share such as 0.2 or ' : ''}a date such as 2018-10-20, found "${value}".`,
        { suggestion: share ? String(Number(share[1]) / 100) : dayFirst(value) },
      );
    }
  if (recipe.data.from && recipe.data.to && isIsoDate(recipe.data.from) && isIsoDate(recipe.data.to))
    if (recipe.data.from.slice(0, 10) > recipe.data.to.slice(0, 10))
      add(
        ['data', 'to'],
        'contradiction',
        `data.to (${recipe.data.to}) is before data.from (${recipe.data.from}).`,
      );

  // columns
  const { target, pastCovariates, knownCovariates, features } = recipe.data;
  for (const [index, name] of knownCovariates.entries())
    if (pastCovariates.includes(name))
      add(
        ['data', 'knownCovariates', index],
        'contradiction',
        `${name} stands in both pastCovariates and knownCovariates; a column is known ahead or it is not.`,
      );
  for (const list of ['pastCovariates', 'knownCovariates', 'features'] as const) {
    const names = recipe.data[list];
    if (names === 'auto') continue;
    for (const [index, name] of names.entries()) {
      if (name === target)
        add(
          ['data', list, index],
          'contradiction',
          `${name} is the target; its own past enters by features.lags.`,
        );
      if (names.indexOf(name) !== index)
        add(['data', list, index], 'duplicate-name', `${name} is listed twice.`, { severity: 'warning' });
    }
  }
  if (recipe.task === 'forecast') {
    if (features !== 'auto')
      add(
        ['data', 'features'],
        'without-effect',
        'data.features belongs to the regression task; a forecast takes pastCovariates and knownCovariates.',
        { severity: 'warning' },
      );
    // in a forecast it lets a leaking column in as known ahead, which some plans are
    if (recipe.data.allowLeakage && knownCovariates.length === 0)
      add(
        ['data', 'allowLeakage'],
        'without-effect',
        'data.allowLeakage concerns same-instant columns: knownCovariates of a forecast, features of a regression.',
        { severity: 'warning' },
      );
  } else
    for (const key of ['pastCovariates', 'knownCovariates'] as const)
      if (recipe.data[key].length > 0)
        add(
          ['data', key],
          'without-effect',
          `data.${key} belongs to the forecast task; ${recipe.task} takes data.features.`,
          { severity: 'warning' },
        );

  if (recipe.task === 'forecast' && readsTargetAlone(recipe.model.type))
    for (const key of ['pastCovariates', 'knownCovariates'] as const)
      if (recipe.data[key].length > 0)
        add(
          ['data', key],
          'without-effect',
          `${recipe.model.type} reads the history of the target alone, so data.${key} changes nothing; chronos2_zeroshot reads both.`,
          { severity: 'warning' },
        );

  // split
  if (recipe.split.strategy === 'sliding' && recipe.split.trainWindow === null)
    add(['split', 'strategy'], 'contradiction', 'split.strategy sliding needs split.trainWindow, in steps.');
  if (recipe.split.strategy === 'expanding' && recipe.split.trainWindow !== null)
    add(
      ['split', 'trainWindow'],
      'without-effect',
      'split.trainWindow works with split.strategy sliding only.',
      { severity: 'warning' },
    );

  // training
  const { weight, halfLifeDays, continueFrom } = recipe.training;
  if (weight !== null && weight === target)
    add(
      ['training', 'weight'],
      'contradiction',
      `${weight} is the target; weights are a column of their own.`,
    );
  for (const [key, value] of [
    ['weight', weight],
    ['halfLifeDays', halfLifeDays],
  ] as const)
    if (value !== null && !learnsFromRows(recipe.model.type))
      add(
        ['training', key],
        'without-effect',
        `${recipe.model.type} is not trained on single readings, so training.${key} changes nothing.`,
        { severity: 'warning' },
      );
  if (continueFrom !== null && !boosts(recipe.model.type))
    add(
      ['training', 'continueFrom'],
      'unsupported-combination',
      `${recipe.model.type} cannot go on from a run: only xgboost, lightgbm and catboost add trees to trees.`,
    );

  // quantiles
  const { quantiles } = recipe.forecast;
  if (quantiles.some((level, index) => index > 0 && level <= quantiles[index - 1]!))
    add(['forecast', 'quantiles'], 'not-ascending', 'forecast.quantiles must ascend, each level once.', {
      suggestion: `[${[...new Set(quantiles)].sort((a, b) => a - b).join(', ')}]`,
    });

  // thresholds
  for (const [metric, limit] of Object.entries(recipe.thresholds)) {
    if (limit?.min !== undefined && limit.max !== undefined && limit.min > limit.max)
      add(
        ['thresholds', metric, 'min'],
        'contradiction',
        `thresholds.${metric}.min (${limit.min}) is above its max (${limit.max}).`,
      );
    if (limit && limit.min === undefined && limit.max === undefined)
      add(['thresholds', metric], 'without-effect', `thresholds.${metric} has neither min nor max.`, {
        severity: 'warning',
      });
  }

  // model and task
  const { type } = recipe.model;
  if (!suitsTask(type, recipe.task))
    add(
      ['model', 'type'],
      'unsupported-combination',
      `${type} forecasts only; it cannot do the task ${recipe.task}. Take linear, xgboost or blend.`,
    );
  if (!taskReady(recipe.task))
    add(
      ['task'],
      'engine-not-available',
      `The ${recipe.task} engine is not part of this version; a run of this recipe will say so and fail.`,
      { severity: 'warning' },
    );
  return found;
}

/** `20/10/2018` and `20.10.2018` as ISO, where only one reading is possible. */
function dayFirst(text: string): string | null {
  const match = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$/.exec(text.trim());
  if (!match) return null;
  const [first, second, year] = [Number(match[1]), Number(match[2]), match[3]!];
  const two = (n: number): string => String(n).padStart(2, '0');
  if (first > 12 && second <= 12) return `${year}-${two(second)}-${two(first)}`;
  if (second > 12 && first <= 12) return `${year}-${two(first)}-${two(second)}`;
  return null;
}

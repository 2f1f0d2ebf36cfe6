/**
 * @file What must hold before anything is trained, each check a small function over the grid. An error stops the run, a
 * warning goes to the log and into `validation.json`. Marks after OpenSTEF (completeness 0.5, flatline of a day).
 */
import { findColumn, rowCount } from '../../data/frame.ts';
import type { Column, Frame } from '../../data/frame.ts';
import { nearest } from '../../recipes/nearest.ts';
import type { Check } from './artifacts.ts';
import { count, percent } from './artifacts.ts';
import { leakOf } from './leakage.ts';
import type { LeakInput } from './leakage.ts';
import type { ResolvedRecipe } from './resolve.ts';

/** Less than this share of readings and nothing sensible can be said. */
export const minCompleteness = 0.5;
const goodCompleteness = 0.9;

export interface CheckInput extends LeakInput {
  readonly season: { readonly day: number; readonly week: number };
}

const ok = (code: string, message: string): Check => ({ code, level: 'ok', message });
const warning = (code: string, message: string): Check => ({ code, level: 'warning', message });
const error = (code: string, message: string): Check => ({ code, level: 'error', message });

export function checkTarget({ frame, recipe }: CheckInput): Check[] {
  const name = recipe.data.target;
  const column = findColumn(frame, name);
  if (!column)
    return [error('target-not-found', `There is no column "${name}" to forecast.${meant(name, frame)}`)];
  if (column.type !== 'number')
    return [
      error(
        'target-not-numeric',
        `Column "${name}" holds categories (${column.levels.slice(0, 3).join(', ')}…); a target needs numbers.`,
      ),
    ];
  let present = 0;
  for (const value of column.values) if (Number.isFinite(value)) present += 1;
  const share = present / Math.max(1, rowCount(frame));
  const text = `${count(present)} of ${count(rowCount(frame))} target readings are there (${percent(share)})`;
  if (present === 0) return [error('target-empty', `Column "${name}" has no reading.`)];
  if (share < minCompleteness)
    return [error('target-incomplete', `${text}; at least ${percent(minCompleteness)} are needed.`)];
  const found = [
    share < goodCompleteness ? warning('target-incomplete', `${text}.`) : ok('target', `${text}.`),
  ];
  return [...found, ...checkFlatline(column.values, name, recipe, frame)];
}

function checkFlatline(values: Float64Array, name: string, recipe: ResolvedRecipe, frame: Frame): Check[] {
  const day = Math.max(2, Math.round(86_400_000 / frame.resolutionMs));
  let longest = 0;
  let run = 0;
  let previous = Number.NaN;
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    run = value === previous ? run + 1 : 1;
    previous = value;
    longest = Math.max(longest, run);
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low === high)
    return [
      error('target-constant', `Column "${name}" is ${low} in every reading; there is nothing to forecast.`),
    ];
  if (run >= day && recipe.task === 'forecast')
    return [
      warning(
        'flatline-at-end',
        `The last ${count(run)} readings of "${name}" are all ${previous}: a stuck meter, or a plant at rest?`,
      ),
    ];
  if (longest >= day)
    return [
      warning('flatline', `"${name}" stays at one value for up to ${count(longest)} readings in a row.`),
    ];
  return [];
}

/** The season must fit before the test, and the test must hold a forecast. */
export function checkLength({ frame, recipe, season }: CheckInput): Check[] {
  const rows = rowCount(frame);
  const { horizon } = recipe.forecast;
  const { gap } = recipe.split;
  const reach = recipe.task === 'forecast' ? horizon + gap : season.day;
  const needed = 2 * Math.max(reach, season.day) + 1;
  if (rows < needed)
    return [
      error(
        'too-few-rows',
        `${count(rows)} rows are too few: a horizon of ${count(horizon)} steps${gap > 0 ? ` after a gap of ${count(gap)}` : ''} needs at least ${count(needed)} (train and test).`,
      ),
    ];
  const found: Check[] = [ok('rows', `${count(rows)} rows.`)];
  if (recipe.task === 'forecast' && season.week > season.day && rows < 3 * season.week)
    found.push(
      warning(
        'short-history',
        `${count(rows)} rows are less than three weeks; weekly patterns can hardly be learnt.`,
      ),
    );
  if (
    typeof recipe.split.test === 'number' &&
    recipe.task === 'forecast' &&
    rows * recipe.split.test < horizon
  )
    found.push(
      warning(
        'short-test',
        `split.test ${recipe.split.test} is ${count(rows * recipe.split.test)} rows, less than one horizon of ${count(horizon)}.`,
      ),
    );
  return found;
}

export function checkCovariates(input: CheckInput): Check[] {
  const { frame, recipe, columns } = input;
  const { target, pastCovariates, knownCovariates } = recipe.data;
  if (recipe.task !== 'forecast') return [];
  const found: Check[] = [];
  const named = [
    ...pastCovariates.map((name) => [name, 'pastCovariates'] as const),
    ...knownCovariates.map((name) => [name, 'knownCovariates'] as const),
  ];
  for (const [name, list] of named) {
    const column = findColumn(frame, name);
    if (!column) {
      found.push(
        error('covariate-not-found', `data.${list}: there is no column "${name}".${meant(name, frame)}`),
      );
      continue;
    }
    if (name === target) {
      found.push(
        error('covariate-is-target', `data.${list} names the target "${name}"; its past enters by lags.`),
      );
      continue;
    }
    const missing = missingShare(column);
    if (missing === 1)
      found.push(error('covariate-empty', `data.${list}: "${name}" has no reading in this range.`));
    else if (missing > 1 - goodCompleteness)
      found.push(warning('covariate-incomplete', `"${name}" is missing in ${percent(missing)} of the rows.`));
  }
  for (const name of knownCovariates) {
    const column = findColumn(frame, name);
    if (!column || name === target) continue;
    const info = columns.find((candidate) => candidate.name === name);
    const leak = leakOf(input, name);
    if (leak)
      found.push(
        recipe.data.allowLeakage
          ? warning(
              'leakage-allowed',
              `"${name}" gives the target away (${leak}); allowLeakage is set, so it is used.`,
            )
          : error(
              'leakage',
              `data.knownCovariates: "${name}" gives the target away at the same instant (${leak}), so it cannot be known ahead. Put it into pastCovariates, or set data.allowLeakage to use it all the same.`,
            ),
      );
    else if (info && !info.knownAhead)
      found.push(
        warning(
          'known-ahead',
          `"${name}" is taken as known over the horizon; that holds for plans and forecasts, not for measurements.`,
        ),
      );
  }
  return found;
}

/** The column of `training.weight`, where one is named. */
export function checkWeight({ frame, recipe }: CheckInput): Check[] {
  const name = recipe.training.weight;
  if (name === null) return [];
  const column = findColumn(frame, name);
  if (!column)
    return [error('weight-not-found', `training.weight: there is no column "${name}".${meant(name, frame)}`)];
  if (column.type !== 'number')
    return [
      error('weight-not-numeric', `training.weight: "${name}" holds categories; weights are numbers from 0.`),
    ];
  if (column.values.some((value) => value < 0))
    return [
      error(
        'weight-negative',
        `training.weight: "${name}" holds numbers below 0; a reading counts 0 at the least.`,
      ),
    ];
  if (!column.values.some((value) => value > 0))
    return [
      error('weight-zero', `training.weight: "${name}" is nowhere above 0, so no reading would count.`),
    ];
  const missing = missingShare(column);
  if (missing === 0) return [ok('weight', `Readings count by "${name}" in training.`)];
  return [
    warning(
      'weight-incomplete',
      `"${name}" is missing in ${percent(missing)} of the rows; their readings do not count in training.`,
    ),
  ];
}

/** Regression: which same-instant columns go in, and which give the answer away. */
export function chooseFeatures(input: CheckInput): {
  checks: Check[];
  features: string[];
  leaking: string[];
} {
  const { frame, recipe, columns } = input;
  if (recipe.task === 'forecast') return { checks: [], features: [], leaking: [] };
  const { target, features, allowLeakage } = recipe.data;
  const checks: Check[] = [];
  const usable = (name: string): boolean => {
    const kind = columns.find((column) => column.name === name)?.kind;
    return (
      name !== target &&
      name !== recipe.training.weight &&
      kind !== 'constant' &&
      kind !== 'empty' &&
      kind !== 'timestamp' &&
      kind !== 'series'
    );
  };
  const wanted =
    features === 'auto'
      ? frame.columns.map((column) => column.name).filter(usable)
      : [...new Set(features)].filter((name) => {
          const there = findColumn(frame, name) !== undefined && name !== target;
          if (!there)
            checks.push(
              name === target
                ? error('feature-is-target', `data.features names the target "${name}".`)
                : error(
                    'feature-not-found',
                    `data.features: there is no column "${name}".${meant(name, frame)}`,
                  ),
            );
          return there;
        });
  const leaking = wanted.filter((name) => leakOf(input, name) !== null);
  for (const name of leaking)
    checks.push(
      warning(
        allowLeakage ? 'leakage-allowed' : 'leakage',
        `"${name}" gives the target away (${leakOf(input, name)}); ${allowLeakage ? 'allowLeakage is set, so it is used and the scores mean little' : 'it is left out'}.`,
      ),
    );
  const kept = allowLeakage ? wanted : wanted.filter((name) => !leaking.includes(name));
  if (kept.length === 0 && !recipe.features.calendar && !checks.some((check) => check.level === 'error'))
    checks.push(
      error(
        'no-features',
        leaking.length > 0
          ? `Every input column gives the target away (${leaking.join(', ')}); nothing honest is left.`
          : 'There is no other column to compute the target from.',
      ),
    );
  return { checks, features: kept, leaking };
}

function missingShare(column: Column): number {
  let missing = 0;
  if (column.type === 'number') {
    for (const value of column.values) if (!Number.isFinite(value)) missing += 1;
    return missing / Math.max(1, column.values.length);
  }
  for (const code of column.codes) if (code < 0) missing += 1;
  return missing / Math.max(1, column.codes.length);
}

function meant(name: string, frame: Frame): string {
  const names = frame.columns.map((column) => column.name);
  const near = nearest(name, names);
  return near === null
    ? ` Columns: ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}.`
    : ` Did you mean "${near}"?`;
}

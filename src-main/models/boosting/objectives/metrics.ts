/**
 * @file Metrics per round, under one name each; {@link metricNames} gives the names the libraries use for them. All are
 * weighted means over rows (but rmse, its root, and auc).
 */
import { AppError } from '../../../../src-preload/contract/index.ts';
import type { Metric, Objective, Scores } from './types.ts';
import { meanOver } from './types.ts';

const over = ({ target, weight }: Scores, of: (i: number) => number): number =>
  meanOver(target.length, weight, of);

/** Predictions of the first output after the link. */
function mean1(link: Objective['link'], score: number): number {
  if (link === 'exp') return Math.exp(score);
  if (link === 'logistic') return 1 / (1 + Math.exp(-score));
  return score;
}

/** Weighted mean of (prediction - target)^2; a loop of its own, for it is what most trainings draw a curve of. */
function meanSquare(link: Objective['link'], s: Scores): number {
  const { target, weight, predicted } = s;
  if (link !== 'identity' || weight !== null)
    return over(s, (i) => (mean1(link, predicted[0][i]) - target[i]) ** 2);
  const [score] = predicted;
  let sum = 0;
  for (let i = 0; i < target.length; i++) {
    const d = score[i] - target[i];
    sum += d * d;
  }
  return target.length > 0 ? sum / target.length : 0;
}

const log = (value: number): number => Math.log(Math.max(value, 1e-16));

/** log of the sum of exponentials of a row's scores */
function logNorm(predicted: readonly Float64Array[], i: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const score of predicted) most = Math.max(most, score[i]);
  let sum = 0;
  for (const score of predicted) sum += Math.exp(score[i] - most);
  return most + Math.log(sum);
}

/** Logarithm of x!, x not below 0, by Stirling's series after 8 steps of the recurrence. */
function logFactorial(x: number): number {
  let shifted = 0;
  let y = x + 1;
  for (; y < 9; y++) shifted += Math.log(y);
  const inverse = 1 / y;
  const series = inverse * (1 / 12 - inverse * inverse * (1 / 360 - (inverse * inverse) / 1260));
  return (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series - shifted;
}

/** Area under the ROC curve, ties counted half. */
function areaUnderCurve({ target, weight, predicted: [score] }: Scores): number {
  const order = Uint32Array.from(target, (_, i) => i).sort((a, b) => score[a] - score[b] || a - b);
  let below = 0;
  let area = 0;
  let positive = 0;
  for (let at = 0; at < order.length;) {
    let plus = 0;
    let minus = 0;
    const value = score[order[at]];
    for (; at < order.length && score[order[at]] === value; at++) {
      const w = weight === null ? 1 : weight[order[at]];
      if (target[order[at]] > 0.5) plus += w;
      else minus += w;
    }
    area += plus * (below + minus / 2);
    below += minus;
    positive += plus;
  }
  return positive > 0 && below > 0 ? area / (positive * below) : 0.5;
}

export interface MetricOptions {
  readonly link: Objective['link'];
  readonly levels: readonly number[];
  readonly delta: number;
  readonly power: number;
  /** mape: smaller targets count as this; absent: 1 (LightGBM, CatBoost), XGBoost has none */
  readonly leastTarget?: number;
}

type Make = (options: MetricOptions) => Metric;
const lower = (name: string, evaluate: Metric['evaluate']): Metric => ({ name, better: 'lower', evaluate });

const makers = {
  rmse: ({ link }) => lower('rmse', (s) => Math.sqrt(meanSquare(link, s))),
  mse: ({ link }) => lower('mse', (s) => meanSquare(link, s)),
  mae: ({ link }) =>
    lower('mae', (s) => over(s, (i) => Math.abs(mean1(link, s.predicted[0][i]) - s.target[i]))),
  mape: ({ link, leastTarget = 1 }) =>
    lower('mape', (s) =>
      over(
        s,
        (i) =>
          Math.abs(mean1(link, s.predicted[0][i]) - s.target[i]) /
          Math.max(leastTarget, Math.abs(s.target[i])),
      ),
    ),
  pinball: ({ levels }) =>
    lower('pinball loss', (s) =>
      over(s, (i) => {
        let sum = 0;
        levels.forEach((level, k) => {
          const d = s.target[i] - s.predicted[k][i];
          sum += Math.max(level * d, (level - 1) * d);
        });
        return sum / levels.length;
      }),
    ),
  huber: ({ delta }) =>
    lower('huber', (s) =>
      over(s, (i) => {
        const d = Math.abs(s.predicted[0][i] - s.target[i]);
        return d <= delta ? (d * d) / 2 : delta * (d - delta / 2);
      }),
    ),
  mphe: ({ delta }) =>
    lower('mphe', (s) =>
      over(s, (i) => delta * delta * (Math.sqrt(1 + ((s.predicted[0][i] - s.target[i]) / delta) ** 2) - 1)),
    ),
  /** up to a constant of the targets */
  poisson: () =>
    lower('poisson', (s) => over(s, (i) => Math.exp(s.predicted[0][i]) - s.target[i] * s.predicted[0][i])),
  /** XGBoost's, with the constant */
  poissonWhole: () =>
    lower('poisson-nloglik', (s) =>
      over(
        s,
        (i) => Math.exp(s.predicted[0][i]) - s.target[i] * s.predicted[0][i] + logFactorial(s.target[i]),
      ),
    ),
  tweedie: ({ power }) =>
    lower('tweedie', (s) =>
      over(s, (i) => {
        const f = s.predicted[0][i];
        return (
          Math.exp((2 - power) * f) / (2 - power) - (s.target[i] * Math.exp((1 - power) * f)) / (1 - power)
        );
      }),
    ),
  logloss: () =>
    lower('logloss', (s) =>
      over(s, (i) => {
        const p = mean1('logistic', s.predicted[0][i]);
        return -(s.target[i] * log(p) + (1 - s.target[i]) * log(1 - p));
      }),
    ),
  error: () => lower('error', (s) => over(s, (i) => (s.predicted[0][i] > 0 === s.target[i] > 0.5 ? 0 : 1))),
  auc: () => ({ name: 'auc', better: 'higher', evaluate: areaUnderCurve }),
  mlogloss: () =>
    lower('mlogloss', (s) => over(s, (i) => logNorm(s.predicted, i) - s.predicted[s.target[i]][i])),
  merror: () =>
    lower('merror', (s) =>
      over(s, (i) => {
        let best = 0;
        for (let k = 1; k < s.predicted.length; k++) if (s.predicted[k][i] > s.predicted[best][i]) best = k;
        return best === s.target[i] ? 0 : 1;
      }),
    ),
} as const satisfies Record<string, Make>;
export type MetricKind = keyof typeof makers;

export const createMetric = (kind: MetricKind, options: MetricOptions): Metric => makers[kind](options);

/** What XGBoost, LightGBM and CatBoost call them, in lower case. */
const names: Readonly<Record<string, MetricKind>> = {
  rmse: 'rmse',
  root_mean_squared_error: 'rmse',
  l2_root: 'rmse',
  mse: 'mse',
  l2: 'mse',
  mean_squared_error: 'mse',
  regression: 'mse',
  regression_l2: 'mse',
  mae: 'mae',
  l1: 'mae',
  mean_absolute_error: 'mae',
  regression_l1: 'mae',
  mape: 'mape',
  mean_absolute_percentage_error: 'mape',
  quantile: 'pinball',
  multiquantile: 'pinball',
  huber: 'huber',
  mphe: 'mphe',
  poisson: 'poisson',
  'poisson-nloglik': 'poissonWhole',
  tweedie: 'tweedie',
  'tweedie-nloglik': 'tweedie',
  logloss: 'logloss',
  crossentropy: 'logloss',
  binary: 'logloss',
  binary_logloss: 'logloss',
  error: 'error',
  binary_error: 'error',
  auc: 'auc',
  mlogloss: 'mlogloss',
  multiclass: 'mlogloss',
  softmax: 'mlogloss',
  multi_logloss: 'mlogloss',
  merror: 'merror',
  multi_error: 'merror',
};

/** Every name a metric may be asked for by. */
export const metricNames = Object.keys(names);
const needsLevels: ReadonlySet<MetricKind> = new Set(['pinball']);
const needsClasses: ReadonlySet<MetricKind> = new Set(['mlogloss', 'merror']);

/**
 * @param name as any of the libraries writes it, e.g. `rmse`, `l1`, `Quantile:alpha=0.9`, `tweedie-nloglik@1.5`
 * @throws AppError `model-params` for a name that is not known, or that does not fit the objective
 */
export function metricByName(
  name: string,
  objective: Objective,
  options: MetricOptions,
  key: string,
): Metric {
  const kind = Object.hasOwn(names, plainName(name)) ? names[plainName(name)] : undefined;
  const fits =
    kind !== undefined &&
    (needsClasses.has(kind) ? objective.link === 'softmax' : objective.link !== 'softmax') &&
    (!needsLevels.has(kind) || objective.link === 'identity') &&
    (objective.levels === null || objective.levels.length === 1 || needsLevels.has(kind));
  if (!fits)
    throw new AppError({
      code: 'model-params',
      message: `${key}: ${kind === undefined ? `"${name}" is not a metric` : `the metric "${name}" does not fit the objective ${objective.name}`}.`,
      hint: `Metrics are ${metricNames.join(', ')}.`,
      place: { key },
    });
  return createMetric(kind, { ...options, levels: objective.levels ?? [0.5] });
}

const plainName = (name: string): string => name.toLowerCase().replace(/[:@].*$/, '');

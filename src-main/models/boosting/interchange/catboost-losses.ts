/** @file CatBoost's loss functions: the link of what `predict` gives, and the levels of quantile losses. */
import type { Link } from '../ensemble.ts';

const links: Readonly<Record<string, Link>> = {
  Logloss: 'logistic',
  CrossEntropy: 'logistic',
  MultiClass: 'softmax',
  MultiClassOneVsAll: 'logistic',
  MultiLogloss: 'logistic',
  MultiCrossEntropy: 'logistic',
  Poisson: 'exp',
  Tweedie: 'exp',
};

/** Losses whose predictions are no link of the raw scores. */
const unknown = new Set(['RMSEWithUncertainty', 'LogLinQuantile', 'Cox', 'SurvivalAft']);

/** null: not known how to predict by it */
export const linkOf = (loss: string): Link | null => (unknown.has(loss) ? null : (links[loss] ?? 'identity'));

export const isQuantile = (loss: string): boolean => loss === 'Quantile' || loss === 'MultiQuantile';

/** The loss to write for a model of another library: any with the right link predicts the same. */
export function lossFor(
  link: Link,
  outputs: number,
  levels: readonly number[] | null,
): { type: string; params: Record<string, string> } {
  if (levels !== null)
    return levels.length === 1
      ? { type: 'Quantile', params: { alpha: String(levels[0]) } }
      : { type: 'MultiQuantile', params: { alpha: levels.join(',') } };
  if (link === 'softmax') return { type: 'MultiClass', params: {} };
  if (link === 'logistic') return { type: outputs === 1 ? 'Logloss' : 'MultiClassOneVsAll', params: {} };
  if (link === 'exp') return { type: 'Poisson', params: {} };
  return { type: outputs === 1 ? 'RMSE' : 'MultiRMSE', params: {} };
}

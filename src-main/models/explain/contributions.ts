/** @file Contributions of features to the predictions of a regressor, by the way it works. */
import { AppError } from '../../../src-preload/contract/index.ts';
import { treeContributions } from '../boosting/explain/shap.ts';
import type { Link } from '../boosting/ensemble.ts';
import { applyLink } from '../boosting/predict/link.ts';
import type { FeatureMatrix, FittedRegressor } from '../estimator.ts';
import { FittedRidge } from '../linear/ridge.ts';

export interface Attribution {
  readonly expected: number;
  /** shape (columns) x (rows) */
  readonly columns: readonly Float64Array[];
  readonly link: Link;
}

/**
 * Trees: exact SHAP values of the output nearest to the median. Linear models: coefficient x (value - mean), the mean
 * being that of the reference; both sum to the prediction with `expected`.
 * @param reference rows that say what is usual, for linear models
 * @throws AppError `explain-unknown-model`, `explain-needs-cover`
 */
export function attribute(
  regressor: FittedRegressor,
  features: FeatureMatrix,
  reference: FeatureMatrix,
): Attribution {
  if (regressor instanceof FittedRidge) return ofRidge(regressor, features, reference);
  const ensemble = regressor.ensemble;
  if (ensemble === undefined)
    throw new AppError({
      code: 'explain-unknown-model',
      message: 'This kind of model does not say how it comes to its predictions.',
      hint: 'The permutation importance works for it.',
    });
  const output = middleOutput(ensemble.levels);
  const { expected, values } = treeContributions(ensemble, features.columns, features.rows, {
    outputs: [output],
  });
  return { expected: expected[0], columns: values[0], link: ensemble.link };
}

/**
 * The same on the scale of the prediction, for sums of models. A model that works on a scale of its own is seen as a straight
 * line from its usual prediction to the one at hand, so contributions keep their shares and add up to the prediction.
 * @see Shrikumar et al., "Learning Important Features Through Propagating Activation Differences" (2017), the rescale rule
 */
export function onPredictionScale(own: Attribution): Attribution {
  const { link, columns } = own;
  if (link === 'identity') return own;
  const predict = (scores: Float64Array): Float64Array => {
    const predicted = scores.slice();
    applyLink(link, [predicted]);
    return predicted;
  };
  const raw = new Float64Array(columns[0]?.length ?? 0).fill(own.expected);
  for (const column of columns) column.forEach((value, i) => (raw[i] += value));
  const predicted = predict(raw);
  // where nothing differs from the usual there is nothing to share out
  const [expected] = predict(Float64Array.of(own.expected));
  const slope = raw.map((score, i) =>
    score === own.expected ? 0 : (predicted[i] - expected) / (score - own.expected),
  );
  return {
    expected,
    columns: columns.map((column) => column.map((value, i) => value * slope[i])),
    link: 'identity',
  };
}

/** Of several quantiles, the one nearest to the median is the point forecast. */
function middleOutput(levels: readonly number[] | null): number {
  if (levels === null) return 0;
  return levels.reduce(
    (best, level, k) => (Math.abs(level - 0.5) < Math.abs(levels[best] - 0.5) ? k : best),
    0,
  );
}

function ofRidge(ridge: FittedRidge, features: FeatureMatrix, reference: FeatureMatrix): Attribution {
  const usual = ridge.contributions(reference);
  const own = ridge.contributions(features);
  let expected = own.intercept;
  const columns = own.columns.map((values, c) => {
    const mean =
      reference.rows > 0 ? usual.columns[c].reduce((sum, value) => sum + value, 0) / reference.rows : 0;
    expected += mean;
    return values.map((value) => value - mean);
  });
  return { expected, columns, link: 'identity' };
}

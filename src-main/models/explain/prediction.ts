/** @file What a model says, computed anew from feature matrices that may have been changed. */
import { correctionFeatures } from '../ensembles/correction.ts';
import { applyCombination } from '../ensembles/fitted-stack.ts';
import type { FeatureMatrix } from '../estimator.ts';
import type { SeenPart } from './keyed.ts';
import { isCorrection } from './parts.ts';
import type { ModelParts } from './parts.ts';

/** A part's prediction, kept from falling below zero where it does so itself; shape (rows). */
export function partSays({ model }: SeenPart, features: FeatureMatrix): Float64Array {
  const { regressor, nonNegative } = model.state;
  const own = regressor.predict(features);
  return nonNegative ? own.map((value) => Math.max(0, value)) : own;
}

/**
 * The whole model as a function of the parts' matrices. The members' forecasts that a correction sees move by as much as
 * the members' forecasts themselves do.
 * @param parts what they see before anything is changed
 */
export function predictorOf(
  parts: readonly SeenPart[],
  { intercept, nonNegative }: Omit<ModelParts, 'parts'>,
): (features: readonly FeatureMatrix[]) => Float64Array {
  const correction = parts.find(isCorrection);
  const members = parts.filter((part) => !isCorrection(part));
  const weights = members.map(({ weight }) => weight);
  const membersSay = (features: readonly FeatureMatrix[]): { base: Float64Array[]; sum: Float64Array } => {
    const base = members.map((part, p) => partSays(part, features[p]));
    return { base, sum: applyCombination(base, { weights, intercept }) };
  };
  const limit = (sum: Float64Array): Float64Array =>
    nonNegative ? sum.map((value) => Math.max(0, value)) : sum;
  if (correction === undefined) return (features) => limit(membersSay(features).sum);
  const { labels } = correction.model;
  const seen = ({ base, sum }: ReturnType<typeof membersSay>): readonly Float64Array[] =>
    correctionFeatures(base, sum, labels, null).columns;
  const before = seen(membersSay(members.map((part) => part.features)));
  return (features) => {
    const now = membersSay(features);
    const moved = seen(now);
    const given = features[members.length];
    const added = partSays(correction, {
      ...given,
      columns: given.columns.map((column, c) =>
        c < moved.length ? column.map((value, i) => value + moved[c][i] - before[c][i]) : column,
      ),
    });
    return limit(now.sum.map((value, i) => value + correction.weight * added[i]));
  };
}

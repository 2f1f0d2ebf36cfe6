/** @file Trees of another library as a regressor: columns are found by name, quantiles do not cross. */
import { AppError } from '../../../../src-preload/contract/index.ts';
import type { FeatureMatrix, FittedRegressor } from '../../estimator.ts';
import type { TreeEnsemble } from '../ensemble.ts';
import { ensembleToJson } from '../predict/codec.ts';
import { middleLevel, uncrossed } from '../predict/levels.ts';
import { createPredictor } from '../predict/predictor.ts';

export interface EnsembleRegressor extends FittedRegressor {
  readonly ensemble: TreeEnsemble;
  /** null where the model gives one number */
  readonly levels: readonly number[] | null;
  /** one array of shape (rows) per level, ascending within a row */
  predictQuantiles(features: FeatureMatrix): Float64Array[];
}

/** LightGBM writes names without blanks and brackets, so names that differ in those alone are the same. */
export const plainName = (name: string): string => name.replace(/[\s",:[\]{}=]/g, '_');

/**
 * Places of `wanted` in `given`.
 * @throws AppError `columns-mismatch` naming the first that is missing
 */
export function findColumns(wanted: readonly string[], given: readonly string[]): number[] {
  const exact = new Map(given.map((name, i) => [name, i]));
  const plain = new Map(given.map((name, i) => [plainName(name), i]));
  return wanted.map((name) => {
    const at = exact.get(name) ?? plain.get(plainName(name));
    if (at !== undefined) return at;
    const shown = given.slice(0, 8).join(', ');
    throw new AppError({
      code: 'columns-mismatch',
      message: `The model needs a column "${name}", which is not there.`,
      hint: `There are: ${shown}${given.length > 8 ? ` and ${given.length - 8} more` : ''}.`,
      place: { column: name },
    });
  });
}

/** @throws AppError `model-unsupported` for models that give several numbers which are no quantiles */
export function createEnsembleRegressor(ensemble: TreeEnsemble): EnsembleRegressor {
  const { levels, outputs, features } = ensemble;
  if (outputs > 1 && levels === null)
    throw new AppError({
      code: 'model-unsupported',
      message: `The model gives ${outputs} numbers per row that are not quantiles: it cannot predict a load.`,
      hint: 'Use a regression or quantile model. It can still be converted to other formats.',
    });
  const predictor = createPredictor(ensemble);
  const names = features.map(({ name }) => name);
  const predictQuantiles = (matrix: FeatureMatrix): Float64Array[] => {
    const columns = findColumns(names, matrix.names).map((f) => matrix.columns[f]);
    return uncrossed(predictor.predict(columns, matrix.rows));
  };
  const middle = middleLevel(levels);
  return {
    ensemble,
    names,
    levels: outputs > 1 ? levels : null,
    predict: (matrix) => predictQuantiles(matrix)[middle],
    predictQuantiles,
    importance: () => [],
    toJSON: () => ensembleToJson(ensemble),
  };
}

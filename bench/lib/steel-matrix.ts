/** @file The feature matrices that the day-ahead models of the steel data train on and predict from, for benchmarks. */
import { recipeSchema } from '../../src-preload/contract/index.ts';
import type { Frame } from '../../src-main/data/frame.ts';
import type { FeatureMatrix, FitContext } from '../../src-main/models/estimator.ts';
import { createTabularForecaster } from '../../src-main/models/tabular/forecaster.ts';

export interface Matrices {
  readonly train: FeatureMatrix;
  /** shape (train.rows) */
  readonly target: Float64Array;
  readonly test: FeatureMatrix;
  /** shape (test.rows), NaN where the file has a hole */
  readonly actual: Float64Array;
  /** leads of one origin among the rows */
  readonly leads: number;
}

const silent: FitContext = {
  seed: 42,
  threads: 1,
  progress: () => undefined,
  curve: () => undefined,
  log: () => undefined,
};

/** Several parts of a matrix, one below the other. */
function stack(parts: readonly FeatureMatrix[]): FeatureMatrix {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const columns = parts[0].columns.map((_, f) => {
    const whole = new Float64Array(rows);
    let at = 0;
    for (const part of parts) {
      whole.set(part.columns[f], at);
      at += part.rows;
    }
    return whole;
  });
  return { ...parts[0], rows, columns };
}

/**
 * What the pipeline hands a tree model: features of rows before `testFrom` to train on, and those of one forecast after
 * the other over `testRows` rows from there.
 * @param target name of a column of the frame
 */
export async function steelMatrices(
  frame: Frame,
  target: string,
  horizon: number,
  testFrom: number,
  testRows: number,
): Promise<Matrices> {
  const recipe = recipeSchema.parse({ model: { type: 'xgboost', params: {} }, forecast: { horizon } });
  const tests: FeatureMatrix[] = [];
  let seen: Pick<Matrices, 'train' | 'target' | 'leads'> | null = null;
  const model = await createTabularForecaster(recipe, {
    type: 'xgboost',
    basis: 'tree',
    regressor: (leads) => ({
      fit: (train, values) => {
        seen = { train, target: values, leads };
        return Promise.resolve({
          names: train.names,
          predict: (features) => {
            tests.push(features);
            return new Float64Array(features.rows);
          },
          importance: () => [],
          toJSON: () => null,
        });
      },
    }),
  }).fit({ frame, target, horizon, pastCovariates: [], knownCovariates: [], recipe }, testFrom, silent);
  const origins = Int32Array.from(
    { length: Math.floor(testRows / horizon) },
    (_, o) => testFrom - 1 + o * horizon,
  );
  await model.forecast(frame, origins, horizon, 0);
  const column = frame.columns.find(({ name }) => name === target);
  if (seen === null || column?.type !== 'number') throw new Error(`no column of numbers is called ${target}`);
  const { values } = column;
  const actual = Float64Array.from(
    { length: origins.length * horizon },
    (_, i) => values[origins[Math.floor(i / horizon)] + 1 + (i % horizon)],
  );
  return { ...(seen as Pick<Matrices, 'train' | 'target' | 'leads'>), test: stack(tests), actual };
}

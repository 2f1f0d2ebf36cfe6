/** @file Training and prediction of golden cases: rows as the libraries' scripts write them, null for a missing number. */
import type { FeatureMatrix } from '../../../src-main/models/estimator.ts';
import type { TreeEnsemble } from '../../../src-main/models/boosting/ensemble.ts';
import type { Plan } from '../../../src-main/models/boosting/params/plan.ts';
import { createPredictor } from '../../../src-main/models/boosting/predict/predictor.ts';
import { problemOf } from '../../../src-main/models/boosting/training/present.ts';
import { train } from '../../../src-main/models/boosting/training/train.ts';

export type Rows = readonly (readonly (number | null)[])[];

export interface GoldenData {
  readonly x: Rows;
  readonly y: readonly number[];
  readonly weight: readonly number[] | null;
  readonly test: Rows;
}

export function matrixOf(rows: Rows, categorical: readonly number[] = []): FeatureMatrix {
  const width = rows[0].length;
  return {
    rows: rows.length,
    names: Array.from({ length: width }, (_, f) => `f${f}`),
    columns: Array.from({ length: width }, (_, f) => Float64Array.from(rows, (row) => row[f] ?? Number.NaN)),
    categorical: Array.from({ length: width }, (_, f) => categorical.includes(f)),
  };
}

export async function trainOn(
  plan: Plan,
  { x, y, weight }: Omit<GoldenData, 'test'>,
  categorical: readonly number[] = [],
): Promise<TreeEnsemble> {
  const matrix = matrixOf(x, categorical);
  const weights = weight === null ? null : Float64Array.from(weight);
  const set = { ...matrix, categories: null, target: Float64Array.from(y), weight: weights };
  const config = plan.config(problemOf(set, 1, plan.seed ?? 1));
  return (await train(set, config, { threads: 2 })).ensemble;
}

/** shape (outputs) x (rows), link applied */
export function predictWith(ensemble: TreeEnsemble, rows: Rows): Float64Array[] {
  const { columns } = matrixOf(rows);
  return createPredictor(ensemble).predict(columns, rows.length);
}

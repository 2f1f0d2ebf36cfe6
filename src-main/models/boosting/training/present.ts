/** @file Rows of weight 0 are as good as absent: they are taken out before anything is counted. */
import type { Problem } from '../params/plan.ts';
import type { TrainingSet } from './config.ts';

/** The set without rows of weight 0; the set itself where there are none. */
export function withoutAbsent(set: TrainingSet): TrainingSet {
  const { weight } = set;
  if (!weight?.includes(0)) return set;
  const kept: number[] = [];
  weight.forEach((w, i) => {
    if (w > 0) kept.push(i);
  });
  const pick = (values: TrainingSet['columns'][number]): Float64Array =>
    Float64Array.from(kept, (i) => values[i]);
  return {
    ...set,
    rows: kept.length,
    columns: set.columns.map(pick),
    target: pick(set.target),
    weight: pick(weight),
  };
}

/** What parameters are resolved against. @param leads leads of one origin among the rows */
export function problemOf(set: TrainingSet, leads: number, seed: number): Problem {
  const { weight } = set;
  let rows = set.rows;
  let totalWeight = rows;
  if (weight !== null) {
    rows = 0;
    totalWeight = 0;
    for (const w of weight) {
      if (w > 0) rows++;
      totalWeight += w;
    }
  }
  return { rows, names: set.names, categorical: set.categorical, totalWeight, leads, seed };
}

/** @file Scores of the validation rows, kept up to date tree by tree. */
import type { NodeTrees, SymmetricTrees, TreeEnsemble } from '../ensemble.ts';
import type { Scores } from '../objectives/types.ts';
import { createPredictor } from '../predict/predictor.ts';
import { createWalk, read, readings } from '../predict/walk.ts';
import type { TrainingSet } from './config.ts';

export interface Scorer {
  /** Adds a tree's leaves to output k. `trees` holds exactly one. */
  add(trees: NodeTrees | SymmetricTrees, k: number): void;
  /** @param share factor on the sum of the trees: 1, or 1 / trees for a forest */
  scores(share: number): Scores;
}

/**
 * @param empty everything about the ensemble but its trees
 * @param init trees that came before; null without
 */
export function createScorer(empty: TreeEnsemble, set: TrainingSet, init: TreeEnsemble | null): Scorer {
  const { rows } = set;
  const reading = readings(empty);
  const width = reading.length;
  // values as they are compared, a row in line, read once for all trees
  const values = new Float64Array(rows * width);
  reading.forEach((how, f) => {
    const column = set.columns[f];
    for (let i = 0; i < rows; i++) values[i * width + f] = read(column[i], how);
  });
  const start =
    init === null
      ? Array.from(empty.base, (base) => new Float64Array(rows).fill(base))
      : createPredictor(init).raw(set.columns, rows);
  const sum = start.map(() => new Float64Array(rows));
  const predicted = start.map((scores) => scores.slice());
  return {
    add(trees, k) {
      const walk = createWalk({ ...empty, trees });
      const { value } = trees;
      const out = sum[k];
      for (let i = 0; i < rows; i++) out[i] += value[walk(0, values, i * width)];
    },
    scores(share) {
      predicted.forEach((out, k) => {
        for (let i = 0; i < rows; i++) out[i] = start[k][i] + share * sum[k][i];
      });
      return { target: set.target, weight: set.weight, predicted };
    },
  };
}

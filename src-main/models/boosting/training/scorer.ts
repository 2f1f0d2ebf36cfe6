/** @file Scores of the validation rows, kept up to date tree by tree. */
import { derivedValues } from '../categories/derived-values.ts';
import { treeCount } from '../ensemble.ts';
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
  /** Scores after every round of a finished ensemble, counted from 1; each is overwritten by the next. */
  staged(
    ensemble: TreeEnsemble,
    treesPerRound: number,
  ): Iterable<{ readonly round: number; readonly scores: Scores }>;
}

/** Values as trees compare them, a row in line. */
function readValues(ensemble: TreeEnsemble, set: TrainingSet): Float64Array {
  const reading = readings(ensemble);
  const width = reading.length;
  const values = new Float64Array(set.rows * width);
  const columns = [...set.columns, ...derivedValues(ensemble, set.columns, set.rows)];
  reading.forEach((how, f) => {
    for (let i = 0; i < set.rows; i++) values[i * width + f] = read(columns[f][i], how);
  });
  return values;
}

/**
 * @param empty everything about the ensemble but its trees
 * @param init trees that came before; null without
 */
export function createScorer(empty: TreeEnsemble, set: TrainingSet, init: TreeEnsemble | null): Scorer {
  const { rows } = set;
  const width = empty.features.length;
  const values = readValues(empty, set);
  const start =
    init === null
      ? Array.from(empty.base, (base) => new Float64Array(rows).fill(base))
      : createPredictor(init).raw(set.columns, rows);
  const sum = start.map(() => new Float64Array(rows));
  const predicted = start.map((scores) => scores.slice());
  const { leafWidth } = empty;
  const addLeaf = (value: Float64Array, leaf: number, k: number, row: number): void => {
    if (leafWidth === 1) sum[k][row] += value[leaf];
    else for (let j = 0; j < leafWidth; j++) sum[j][row] += value[leaf * leafWidth + j];
  };
  const scores = (share: number): Scores => {
    predicted.forEach((out, k) => {
      for (let i = 0; i < rows; i++) out[i] = start[k][i] + share * sum[k][i];
    });
    return { target: set.target, weight: set.weight, predicted };
  };
  return {
    add(trees, k) {
      const walk = createWalk({ ...empty, trees });
      for (let i = 0; i < rows; i++) addLeaf(trees.value, walk(0, values, i * width), k, i);
    },
    scores,
    *staged(ensemble, treesPerRound) {
      const { trees, treeOutput } = ensemble;
      const all = readValues(ensemble, set);
      const wide = all.length / rows;
      const walk = createWalk(ensemble);
      const first = trees.shape === 'nodes' ? trees.start : trees.leafStart;
      for (let t = 0; t < treeCount(ensemble); t++) {
        for (let i = 0; i < rows; i++)
          addLeaf(trees.value, first[t] + walk(t, all, i * wide), treeOutput[t], i);
        if ((t + 1) % treesPerRound === 0) yield { round: (t + 1) / treesPerRound, scores: scores(1) };
      }
    },
  };
}

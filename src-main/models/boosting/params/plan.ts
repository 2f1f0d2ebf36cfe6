/** @file What the regressor needs to know of a model type's parameters, whichever they are. */
import type { TrainConfig } from '../training/config.ts';

/** The training problem, known only once the features are built. */
export interface Problem {
  readonly rows: number;
  readonly names: readonly string[];
  readonly categorical: readonly boolean[];
  /** sum of the rows' weights */
  readonly totalWeight: number;
  /** leads of one origin among the rows, at most those of a day */
  readonly leads: number;
  readonly seed: number;
}

export interface Plan {
  /** rounds without improvement; null: all rounds are trained */
  readonly patience: number | null;
  /** last share of the rows that early stopping watches */
  readonly validationFraction: number;
  /** the parameters' own seed; null: the recipe's */
  readonly seed: number | null;
  /** several classes: the model gives probabilities, not quantities */
  readonly classes: number | null;
  config(problem: Problem): TrainConfig;
}

/**
 * `auto` for the least size of a leaf. Errors of the leads of one origin go together: a day that starts badly is bad for
 * hours. A leaf must therefore hold rows of several origins before it says anything new.
 * @param leads leads per origin that are forecast together, at most those of a day
 */
export function autoLeafRows(leads: number, rows: number): number {
  return Math.max(1, Math.min(10 + 1.5 * leads, rows / 80));
}

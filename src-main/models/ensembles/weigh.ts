/** @file Weights of the ridge stack: how hard they are pulled to equal ones is decided by later folds. */
import type { FitContext } from '../estimator.ts';
import type { Cells } from './cells.ts';
import { addMoments, combine, emptyMoments, equalWeights, meanSquaredError } from './combine.ts';
import type { Combination, Moments } from './combine.ts';
import type { RidgeCombinerParams } from './stack-params.ts';

/** Penalties that `alpha: auto` chooses from, relative to the mean squared error of the members. */
const candidates = [0, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
/** Without folds to choose on. */
const cautious = 1;
/** Fewer cells per member say nothing. */
const minCellsPerMember = 10;

export function fitCombination(cells: Cells, params: RidgeCombinerParams, context: FitContext): Combination {
  const members = cells.base.length;
  if (cells.actual.length < minCellsPerMember * members) {
    context.log(
      'warn',
      `${cells.actual.length} out-of-fold forecasts are too few to weigh members: equal weights`,
    );
    return equalWeights(members);
  }
  const folds = cells.starts.slice(1).map((to, f) => {
    const moments = emptyMoments(members);
    addMoments(moments, cells.base, cells.actual, cells.starts[f], to);
    return moments;
  });
  const all = total(folds);
  const alpha = params.alpha === 'auto' ? chooseAlpha(folds, params) : params.alpha;
  if (params.alpha === 'auto') context.log('info', `alpha ${alpha} did best on later folds`);
  return solve(all, alpha, params);
}

function solve(moments: Moments, alpha: number, params: RidgeCombinerParams): Combination {
  const { size } = moments;
  return combine(moments, {
    penalty: alpha * memberError(moments),
    positive: params.positive,
    sumToOne: params.sum_to_one,
    intercept: params.fit_intercept,
    aim: params.shrink_to === 'equal' ? 1 / size : 0,
  });
}

/** Mean of the members' mean squared errors. */
function memberError(moments: Moments): number {
  let sum = 0;
  for (let m = 0; m < moments.size; m++) {
    const weights = new Array<number>(moments.size).fill(0);
    weights[m] = 1;
    sum += meanSquaredError(moments, { weights, intercept: 0 });
  }
  return sum / moments.size;
}

/** The candidate whose weights, learnt on the folds before, err least on each next fold. Of equals the stronger pull. */
function chooseAlpha(folds: readonly Moments[], params: RidgeCombinerParams): number {
  const judged = folds.slice(1).filter((fold) => fold.rows > 0);
  if (judged.length === 0) return cautious;
  let best = cautious;
  let least = Number.POSITIVE_INFINITY;
  for (const alpha of candidates) {
    let error = 0;
    for (let f = 1; f < folds.length; f++)
      if (folds[f].rows > 0)
        error += folds[f].rows * meanSquaredError(folds[f], solve(total(folds.slice(0, f)), alpha, params));
    if (error <= least) {
      least = error;
      best = alpha;
    }
  }
  return best;
}

function total(parts: readonly Moments[]): Moments {
  const sum = emptyMoments(parts[0].size);
  for (const part of parts) {
    part.products.forEach((value, i) => (sum.products[i] += value));
    part.sums.forEach((value, i) => (sum.sums[i] += value));
    sum.rows += part.rows;
  }
  return sum;
}

/** @file Scores of questions where monotone constraints move leaf values: what CatBoost asks of a level of a symmetric tree. */
import { linesOfLeaves, makeIsotonic } from './isotonic.ts';

/** Sums of one node of a level by bin of one column, the last bin that of missing values where there is one. */
export interface NodeCells {
  /** the node's leaf number so far: the answer to question q is bit q */
  readonly leaf: number;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

export interface LevelRules {
  readonly lambda: number;
  readonly score: 'gain' | 'cosine' | 'l2';
  /** directions of the questions asked so far */
  readonly asked: readonly number[];
}

/**
 * Best question about a column.
 * @param nodes all nodes of the level
 * @param questions bins after which a border lies, or, where `equal`, categories
 * @param noise added to the score of each question in turn
 */
export function bestConstrained(
  nodes: readonly NodeCells[],
  questions: number,
  equal: boolean,
  direction: number,
  { lambda, score, asked }: LevelRules,
  noise: () => number,
): { readonly bin: number; readonly score: number } | null {
  const depth = asked.length;
  const lines = linesOfLeaves([...asked, direction]);
  const leaves = 2 ** (depth + 1);
  const yes = 2 ** depth;
  const total = nodes.map(({ gradient, hessian }) => ({ g: sumOf(gradient), h: sumOf(hessian) }));
  const leftG = new Float64Array(nodes.length);
  const leftH = new Float64Array(nodes.length);
  const g = new Float64Array(leaves);
  const h = new Float64Array(leaves);
  const value = new Float64Array(leaves);
  const weight = new Float64Array(leaves);
  let best: { bin: number; score: number } | null = null;
  let bestNoisy = Number.NEGATIVE_INFINITY;
  for (let bin = 0; bin < questions; bin++) {
    nodes.forEach(({ leaf, gradient, hessian }, k) => {
      leftG[k] = equal ? total[k].g - gradient[bin] : leftG[k] + gradient[bin];
      leftH[k] = equal ? total[k].h - hessian[bin] : leftH[k] + hessian[bin];
      g[leaf] = leftG[k];
      h[leaf] = leftH[k];
      g[leaf | yes] = total[k].g - leftG[k];
      h[leaf | yes] = total[k].h - leftH[k];
    });
    for (let leaf = 0; leaf < leaves; leaf++) {
      weight[leaf] = h[leaf] + lambda;
      value[leaf] = h[leaf] > 0 ? -g[leaf] / weight[leaf] : 0;
    }
    for (const line of lines) makeIsotonic(value, weight, line);
    let product = 0;
    let square = 1e-100;
    for (let leaf = 0; leaf < leaves; leaf++) {
      product -= value[leaf] * g[leaf];
      square += value[leaf] * value[leaf] * h[leaf];
    }
    const found = score === 'cosine' ? product / Math.sqrt(square) : product;
    const noisy = found + noise();
    if (noisy <= bestNoisy) continue;
    bestNoisy = noisy;
    best = { bin, score: found };
  }
  return best;
}

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

/**
 * @file A plain grower for tests: no bins, no histograms, no threads. For every node it tries every value of every column and
 * sums the rows anew. What the engine must equal.
 */
import { allowedAfter } from './column-draws.ts';
import type { Bounds } from './leaf-rules.ts';
import type { GrowerOptions } from './types.ts';

export interface ReferenceProblem {
  readonly columns: readonly Float64Array[];
  readonly gradient: Float32Array;
  readonly hessian: Float32Array;
  readonly rows: readonly number[];
  readonly options: GrowerOptions;
}

interface Split {
  readonly column: number;
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly gain: number;
}

interface Node {
  readonly rows: readonly number[];
  readonly depth: number;
  readonly bounds: Bounds;
  readonly output: number;
  readonly path: readonly number[];
  split: Split | null;
}

const shrink = (g: number, alpha: number): number => Math.sign(g) * Math.max(0, Math.abs(g) - alpha);

/** Leaves of the tree: their rows and their value with shrinkage. */
export function growPlainly(problem: ReferenceProblem): { rows: readonly number[]; value: number }[] {
  const { options, gradient, hessian } = problem;
  const sum = (of: Float32Array, rows: readonly number[]): number =>
    rows.reduce((total, i) => total + of[i], 0);

  const outputOf = (rows: readonly number[], parent: number, { lower, upper }: Bounds): number => {
    const h = sum(hessian, rows);
    let w = -shrink(sum(gradient, rows), options.alpha) / (h + options.lambda);
    if (options.maxDeltaStep > 0) w = Math.max(-options.maxDeltaStep, Math.min(options.maxDeltaStep, w));
    if (options.pathSmooth > 0) {
      const ratio = rows.length / options.pathSmooth;
      w = (w * ratio + parent) / (ratio + 1);
    }
    return Math.max(lower, Math.min(upper, w));
  };
  const scoreOf = (rows: readonly number[], w: number): number => {
    const g = sum(gradient, rows);
    const h = sum(hessian, rows);
    return -(2 * g * w + (h + options.lambda) * w * w + 2 * options.alpha * Math.abs(w));
  };

  const splitOf = (node: Node): Split | null => {
    let best: Split | null = null;
    const own = scoreOf(node.rows, node.output);
    const isLightgbm = options.policy === 'leafwise';
    let bestGain = isLightgbm ? options.minGain : 1e-6;
    const allowed = options.interactions === null ? null : allowedAfter(node.path, options.interactions);
    problem.columns.forEach((values, column) => {
      if (allowed !== null && !allowed.has(column)) return;
      const distinct = [...new Set(values.filter((v) => !Number.isNaN(v)))].sort((a, b) => a - b);
      const someMissing = node.rows.some((i) => Number.isNaN(values[i]));
      const attempt = (border: number, missingLeft: boolean): void => {
        const goesLeft = (i: number): boolean =>
          Number.isNaN(values[i]) ? missingLeft : values[i] <= border;
        const left = node.rows.filter(goesLeft);
        const right = node.rows.filter((i) => !goesLeft(i));
        if (left.length < Math.max(1, options.minRows) || right.length < Math.max(1, options.minRows)) return;
        if (sum(hessian, left) < options.minHessian || sum(hessian, right) < options.minHessian) return;
        const a = outputOf(left, node.output, node.bounds);
        const b = outputOf(right, node.output, node.bounds);
        const direction = options.monotone?.[column] ?? 0;
        if (direction > 0 ? a > b : direction < 0 ? a < b : false) return;
        const gain = scoreOf(left, a) + scoreOf(right, b) - own;
        // sums in another order differ in the last digits; a tie goes to the first
        if (gain <= bestGain * (1 + 1e-12)) return;
        bestGain = gain;
        best = { column, left, right, gain };
      };
      const upwards = (): void => distinct.forEach((border) => attempt(border, false));
      const downwards = (): void =>
        [Number.NEGATIVE_INFINITY, ...distinct].reverse().forEach((border) => attempt(border, true));
      if (isLightgbm) {
        downwards();
        if (someMissing) upwards();
      } else {
        upwards();
        if (someMissing) downwards();
      }
    });
    const found = best as Split | null;
    if (found !== null && !isLightgbm && found.gain < options.minGain) return null;
    return found;
  };

  const childrenOf = (node: Node): [Node, Node] => {
    const { left, right, column } = node.split!;
    const direction = options.monotone?.[column] ?? 0;
    let bounds: [Bounds, Bounds] = [node.bounds, node.bounds];
    if (direction !== 0) {
      const middle =
        (outputOf(left, node.output, node.bounds) + outputOf(right, node.output, node.bounds)) / 2;
      bounds = [
        { ...node.bounds, upper: middle },
        { ...node.bounds, lower: middle },
      ];
      if (direction < 0) bounds.reverse();
    }
    const make = (rows: readonly number[], own: Bounds): Node => ({
      rows,
      depth: node.depth + 1,
      bounds: own,
      output: outputOf(rows, node.output, own),
      path: [...node.path, column],
      split: null,
    });
    return [make(left, bounds[0]), make(right, bounds[1])];
  };

  const free = { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY };
  const root: Node = {
    rows: problem.rows,
    depth: 0,
    bounds: free,
    output: outputOf(problem.rows, 0, free),
    path: [],
    split: null,
  };
  const leaves: Node[] = [root];
  const search = (node: Node): void => {
    if (options.maxDepth === 0 || node.depth < options.maxDepth) node.split = splitOf(node);
  };
  search(root);
  for (;;) {
    if (options.maxLeaves > 0 && leaves.length >= options.maxLeaves) break;
    const open = leaves.filter((node) => node.split !== null);
    if (open.length === 0) break;
    const chosen = open.reduce((best, node) => {
      if (options.policy === 'depthwise') return node.depth < best.depth ? node : best;
      return node.split!.gain > best.split!.gain ? node : best;
    });
    const children = childrenOf(chosen);
    children.forEach(search);
    leaves.splice(leaves.indexOf(chosen), 1, ...children);
  }
  return leaves.map(({ rows, output }) => ({ rows, value: output * options.learningRate }));
}

/** Value of the symmetric tree for every row: each level asks the question with the best score over all leaves. */
export function growSymmetricPlainly({
  columns,
  gradient,
  hessian,
  rows,
  options,
}: ReferenceProblem): Map<number, number> {
  let leaves: (readonly number[])[] = [rows];
  const scoreOf = (parts: readonly (readonly number[])[]): number => {
    let numerator = 0;
    let denominator = 1e-100;
    for (const part of parts) {
      const g = part.reduce((total, i) => total + gradient[i], 0);
      const h = part.reduce((total, i) => total + hessian[i], 0);
      if (h <= 0) continue;
      const average = g / (h + options.lambda);
      numerator += g * average;
      denominator += average * average * h;
    }
    return options.score === 'cosine' ? numerator / Math.sqrt(denominator) : numerator;
  };
  for (let depth = 0; depth < options.maxDepth; depth++) {
    let best: (readonly number[])[] | null = null;
    let bestScore = Number.NEGATIVE_INFINITY;
    columns.forEach((values) => {
      const distinct = [...new Set(values)].sort((a, b) => a - b);
      distinct.slice(0, -1).forEach((border) => {
        const parts = leaves.flatMap((leaf) => [
          leaf.filter((i) => values[i] <= border),
          leaf.filter((i) => values[i] > border),
        ]);
        const score = scoreOf(parts);
        if (score <= bestScore + Math.abs(bestScore) * 1e-12) return;
        bestScore = score;
        best = parts;
      });
    });
    const parts = best as (readonly number[])[] | null;
    if (parts === null) break;
    if (parts.every((part, k) => k % 2 === 1 || part.length === 0)) break;
    if (parts.every((part, k) => k % 2 === 0 || part.length === 0)) break;
    leaves = parts;
  }
  const values = new Map<number, number>();
  for (const leaf of leaves) {
    const g = leaf.reduce((total, i) => total + gradient[i], 0);
    const h = leaf.reduce((total, i) => total + hessian[i], 0);
    for (const i of leaf) values.set(i, (-g / (h + options.lambda)) * options.learningRate);
  }
  return values;
}

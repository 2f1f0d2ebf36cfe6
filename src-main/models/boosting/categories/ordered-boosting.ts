/**
 * @file Ordered boosting: a row's gradient comes from models that never saw its target. Rows stand in a random order that is
 * cut into segments of growing length; for each segment there is a series of leaf values made from the rows before it (the
 * body), and the segment's rows (the tail) are scored with it (Prokhorenkova et al. 2018, section 4, algorithm 2; segment
 * lengths as CatBoost's `BuildDynamicFold`).
 *
 * Other than in CatBoost, the structure of a tree is scored from these gradients as in plain boosting, not once per segment.
 */
import type { Scores } from '../objectives/types.ts';

/**
 * Values of the leaves of a tree, shrinkage included, from derivatives at `scores`.
 * @param leafOf leaf of each row of `scores`
 * @returns shape (leaves), for the output in hand, or (leaves x outputs) where leaves hold every output
 */
export type LeafEstimator = (leafOf: Int32Array, leaves: number, scores: Scores) => Float64Array;

/** Scores that trees add to: all rows alike (plain) or each by what came before it (ordered). */
export interface FoldScores {
  /** Scores of all rows to take gradients at, by output, in the rows' own order. */
  readonly current: readonly Float64Array[];
  /** Adds a tree; `output` is the one it is for where leaves hold a single value. Returns the values of its leaves. */
  add(leafOf: Int32Array, leaves: number, output: number, estimate: LeafEstimator): Float64Array;
}

export interface FoldInput {
  /** shape (rows) */
  readonly target: Float64Array;
  readonly weight: Float64Array | null;
  /** first raw scores: shape (outputs), or by output and row */
  readonly start: Float64Array | readonly Float64Array[];
  /** memory for scores, which threads may share */
  readonly floats: (length: number) => Float64Array;
}

function firstScores({ target, start, floats }: FoldInput): Float64Array[] {
  const values: ArrayLike<number | Float64Array> = start;
  return Array.from(values, (value) => {
    const scores = floats(target.length);
    if (typeof value === 'number') scores.fill(value);
    else scores.set(value);
    return scores;
  });
}

/** `predicted[k] += value of each row's leaf`, for one output or for all. */
export function addLeaves(
  predicted: readonly Float64Array[],
  leafOf: Int32Array,
  values: Float64Array,
  leaves: number,
  output: number,
): void {
  const width = values.length / leaves;
  for (let k = 0; k < width; k++) {
    const scores = predicted[width === 1 ? output : k];
    for (let i = 0; i < scores.length; i++) scores[i] += values[leafOf[i] * width + k];
  }
}

export function createPlainScores(input: FoldInput): FoldScores {
  const current = firstScores(input);
  const scores: Scores = { target: input.target, weight: input.weight, predicted: current };
  return {
    current,
    add(leafOf, leaves, output, estimate) {
      const values = estimate(leafOf, leaves, scores);
      addLeaves(current, leafOf, values, leaves, output);
      return values;
    },
  };
}

/** Where bodies and tails end: the first body is small, each tail is `multiplier` times its body. */
export function segments(rows: number, multiplier: number): { body: number; tail: number }[] {
  const out: { body: number; tail: number }[] = [];
  let body = Math.min(rows, rows > 500 ? Math.min(100, Math.floor(rows / 50)) : 1);
  while (out.length === 0 || body < rows) {
    const tail = Math.min(rows, Math.max(body + 1, Math.ceil(body * multiplier)));
    out.push({ body, tail });
    body = tail;
  }
  return out;
}

/** @param order a permutation of the rows */
export function createOrderedScores(input: FoldInput, order: Uint32Array, multiplier: number): FoldScores {
  const rows = order.length;
  const inOrder = (values: Float64Array): Float64Array => Float64Array.from(order, (i) => values[i]);
  const target = inOrder(input.target);
  const weight = input.weight === null ? null : inOrder(input.weight);
  const current = firstScores(input);
  const first = current.map(inOrder);
  const parts = segments(rows, multiplier).map(({ body, tail }) => ({
    body,
    tail,
    predicted: first.map((scores) => scores.slice(0, tail)),
  }));
  const leafInOrder = new Int32Array(rows);
  return {
    current,
    add(leafOf, leaves, output, estimate) {
      for (let at = 0; at < rows; at++) leafInOrder[at] = leafOf[order[at]];
      let last = new Float64Array(leaves);
      parts.forEach(({ body, tail, predicted }, part) => {
        const steps = stretches(body, tail);
        // all values are made before any score moves
        const values = steps.map(({ from }) =>
          estimate(leafInOrder.subarray(0, from), leaves, {
            target: target.subarray(0, from),
            weight: weight?.subarray(0, from) ?? null,
            predicted: predicted.map((scores) => scores.subarray(0, from)),
          }),
        );
        steps.forEach(({ from, to }, step) => {
          const first = step === 0 ? 0 : from;
          const scores = predicted.map((all) => all.subarray(first, to));
          addLeaves(scores, leafInOrder.subarray(first, to), values[step], leaves, output);
        });
        predicted.forEach((scores, k) => {
          for (let at = part === 0 ? 0 : body; at < tail; at++) current[k][order[at]] = scores[at];
        });
        last = values[values.length - 1] as Float64Array<ArrayBuffer>;
      });
      return last;
    },
  };
}

/**
 * A tail in short stretches, each scored with leaf values of all rows before it. CatBoost updates them after every row;
 * stretches of a quarter of what came before lose nothing that could be measured.
 */
function stretches(body: number, tail: number): { from: number; to: number }[] {
  const out: { from: number; to: number }[] = [];
  for (let from = body; from < tail || out.length === 0;) {
    const to = Math.min(tail, Math.max(from + 1, Math.ceil(from * 1.25)));
    out.push({ from, to });
    from = to;
  }
  return out;
}

/**
 * @file Operators of ONNX Runtime that do the work of several in one pass. They are for inference: no gradient passes
 * through them, save for `rotary`. Definitions: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
import type { Value } from '../graph.ts';
import { ShapeError, showShape, times } from '../shape.ts';
import type { Dim } from '../shape.ts';
import { reshape, split, transpose } from './arrange.ts';
import { add, greater, max, mul, neg, relu, where } from './elementwise.ts';
import { halved, inHalf, widened } from './half.ts';
import { matmul } from './linear.ts';
import { softmax } from './reduce.ts';

const contrib = 'com.microsoft';

/** x W^T + b over the last axis, with W stored as [out, in]: one product over all rows. @param bias [out], or null without */
export function dense(x: Value, weight: Value, bias: Value | null): Value {
  if (inHalf(x, weight)) {
    const made = widened(dense(halved(x), halved(weight), null));
    return bias === null ? made : add(made, bias);
  }
  const product = gemm(flat(x), weight, bias);
  return reshape(product, [...x.shape.slice(0, -1), weight.shape[0]]);
}

/**
 * relu(x U^T + u) W^T + base over the last axis, in slices of the hidden layer that are added up: rows of a whole hidden layer
 * often lie a multiple of 4096 bytes apart, where they drive each other out of the processor's cache.
 * @param hidden U [hidden, in] and u [hidden], or null without
 * @param weight W [out, hidden]
 * @param base as the result, or null for 0
 */
export function perceptron(
  x: Value,
  hidden: { readonly weight: Value; readonly bias: Value | null },
  weight: Value,
  base: Value | null,
): Value {
  const [out, width] = weight.shape;
  if (typeof width !== 'number')
    throw new ShapeError(`the hidden layer of ${showShape(weight.shape)} has no fixed size`);
  if (inHalf(x, weight)) {
    const inner = relu(dense(halved(x), halved(hidden.weight), hidden.bias && halved(hidden.bias)));
    const made = widened(dense(inner, halved(weight), null));
    return base === null ? made : add(base, made);
  }
  const slices = slicesOf(width);
  const sizes = Array<number>(slices).fill(width / slices);
  const sliced = (value: Value, axis: number): readonly Value[] =>
    slices === 1 ? [value] : split(value, axis, sizes);
  const from = sliced(hidden.weight, 0);
  const bias = hidden.bias === null ? null : sliced(hidden.bias, 0);
  const rows = flat(x);
  const sum = sliced(weight, 1).reduce<Value | null>(
    (total, part, i) => gemm(relu(gemm(rows, from[i], bias?.[i] ?? null)), part, total),
    base === null ? null : flat(base),
  );
  return reshape(sum!, [...x.shape.slice(0, -1), out]);
}

/** Fewest equal slices whose rows of 32 bits are no multiple of 4096 bytes long, nor longer. */
function slicesOf(width: number): number {
  const usable = [1, 2, 3, 4, 5, 6, 8, 12, 16].find((count) => width % count === 0 && width / count < 1024);
  return usable ?? 1;
}

const flat = (x: Value): Value => reshape(x, [times(...x.shape.slice(0, -1)), x.shape[x.rank - 1]]);

/** x W^T + c. @param x [rows, in] @param weight [out, in] @param c [out] or [rows, out] */
function gemm(x: Value, weight: Value, c: Value | null): Value {
  const [rows, width] = x.shape;
  const [out, inner] = weight.shape;
  if (weight.rank !== 2 || inner !== width)
    throw new ShapeError(
      `weights ${showShape(weight.shape)} do not fit the last axis of ${showShape(x.shape)}`,
    );
  return x.graph.node({
    type: 'Gemm',
    inputs: c === null ? [x, weight] : [x, weight, c],
    outputs: [{ type: x.type, shape: [rows, out] }],
    attributes: { transB: { int: 1 } },
  })[0];
}

/**
 * As {@link dense} without bias, with weights of 8 bits. x is turned into 8 bits too, with one scale for all of it. On the processor only.
 * @param weight int8 [in, out]
 * @param scales [out]
 */
export function int8Dense(x: Value, weight: Value, scales: Value): Value {
  const [inner, out] = weight.shape;
  if (weight.type !== 'int8' || x.shape[x.rank - 1] !== inner)
    throw new ShapeError(
      `weights ${showShape(weight.shape)} do not fit the last axis of ${showShape(x.shape)}`,
    );
  const rows = flat(x);
  const [product] = x.graph.node({
    type: 'DynamicQuantizeMatMul',
    domain: contrib,
    inputs: [rows, weight, scales],
    outputs: [{ type: x.type, shape: [rows.shape[0], out] }],
  });
  return reshape(product, [...x.shape.slice(0, -1), out]);
}

/** Root-mean-square normalisation over the last axis. @param weight [last axis] */
export const fusedRmsNorm = (x: Value, weight: Value, epsilon: number): Value =>
  x.graph.node({
    type: 'SimplifiedLayerNormalization',
    inputs: [x, weight],
    outputs: [{ type: x.type, shape: x.shape }],
    attributes: { axis: { int: -1 }, epsilon: { float: epsilon } },
  })[0];

/** x + y, and its root-mean-square normalisation. */
export function addNormed(
  x: Value,
  y: Value,
  weight: Value,
  epsilon: number,
): { readonly sum: Value; readonly normed: Value } {
  const float = { type: x.type, shape: x.shape };
  const [normed, , , sum] = x.graph.node({
    type: 'SkipSimplifiedLayerNormalization',
    domain: contrib,
    inputs: [x, y, weight],
    // the two in the middle are for training and stay empty
    outputs: [float, { type: x.type, shape: [] }, { type: x.type, shape: [] }, float],
    attributes: { epsilon: { float: epsilon } },
  });
  return { sum, normed };
}

/**
 * Rotary position encoding, the halves of a head turned against each other (not neighbours).
 * @param x [rows, tokens, heads x headSize]
 * @param positions int64 [rows, tokens]
 * @param cos [positions, headSize / 2], as `sin`
 */
export const rotary = (x: Value, positions: Value, cos: Value, sin: Value, heads: number): Value =>
  x.graph.node({
    type: 'RotaryEmbedding',
    domain: contrib,
    inputs: [x, positions, cos, sin],
    outputs: [{ type: x.type, shape: x.shape }],
    attributes: { num_heads: { int: heads } },
    // turned back; no gradient passes to the tables
    backward: ([g]) => [
      g === null ? null : () => rotary(g, positions, cos, neg(sin), heads),
      null,
      null,
      null,
    ],
  })[0];

export interface AttentionInputs {
  /** [rows, queries, heads x headSize] */
  readonly query: Value;
  /** [rows, tokens, heads x headSize], or by head: [rows, heads, tokens, headSize] */
  readonly key: Value;
  readonly value: Value;
  /** int32 [rows, tokens]: 0 where a token is hidden; null: all are seen */
  readonly visible: Value | null;
  /** [1 or rows, 1 or heads, queries, tokens], added to the scores; absent: nothing is */
  readonly bias?: Value;
  readonly heads: number;
  /** factor on the scores */
  readonly scale: number;
}

/** Far below every score, and well above the least number of 16 bits when it is added to one. */
const hiddenInHalf = -3e4;

/** Added to the score of a hidden token: far below every score. */
const hidden = -1e30;

/** @returns [rows, queries, heads x headSize] */
export function attention(inputs: AttentionInputs): Value {
  const { query, key, value, visible, bias, heads, scale } = inputs;
  if (query.graph.plainAttention) return inSteps(inputs);
  if (inHalf(query, key))
    return widened(
      attention({
        ...inputs,
        query: halved(query),
        key: halved(key),
        value: halved(value),
        // infinity would turn a row that sees nothing into NaN
        ...(bias === undefined ? {} : { bias: halved(max(bias, hiddenInHalf)) }),
      }),
    );
  const [rows, queries] = query.shape;
  const width: Dim = value.rank === 4 ? times(value.shape[1], value.shape[3]) : value.shape[2];
  return query.graph.node({
    type: 'MultiHeadAttention',
    domain: contrib,
    inputs: [
      ...[query, key, value],
      ...(visible === null && bias === undefined ? [] : [null, visible]),
      ...(bias === undefined ? [] : [bias]),
    ],
    outputs: [{ type: query.type, shape: [rows, queries, width] }],
    attributes: { num_heads: { int: heads }, scale: { float: scale }, mask_filter_value: { float: hidden } },
  })[0];
}

/** The same by operators that every provider has been found right with; scores are written out. */
function inSteps({ query, key, value, visible, bias, heads, scale }: AttentionInputs): Value {
  const scores = matmul(byHead(query, heads), transpose(byHead(key, heads), [0, 1, 3, 2]));
  let sum = scale === 1 ? scores : mul(scores, scale);
  if (bias !== undefined) sum = add(sum, bias);
  if (visible !== null) {
    const [rows, tokens] = visible.shape;
    const number = (one: number): Value => query.graph.constant('float32', [], [one]);
    sum = add(sum, reshape(where(greater(visible, 0), number(0), number(hidden)), [rows, 1, 1, tokens]));
  }
  const seen = transpose(matmul(softmax(sum), byHead(value, heads)), [0, 2, 1, 3]);
  return reshape(seen, [...seen.shape.slice(0, 2), times(seen.shape[2], seen.shape[3])]);
}

/** [rows, tokens, heads x headSize] -> [rows, heads, tokens, headSize] */
function byHead(x: Value, heads: number): Value {
  if (x.rank === 4) return x;
  const [rows, tokens, width] = x.shape;
  if (typeof width !== 'number' || width % heads !== 0)
    throw new ShapeError(`${showShape(x.shape)} cannot be divided among ${heads} heads`);
  return transpose(reshape(x, [rows, tokens, heads, width / heads]), [0, 2, 1, 3]);
}

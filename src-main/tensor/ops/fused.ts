/**
 * @file Operators of ONNX Runtime that do the work of several in one pass. They are for inference: no gradient passes
 * through them. Definitions: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
import type { Value } from '../graph.ts';
import { ShapeError, showShape, times } from '../shape.ts';
import type { Dim } from '../shape.ts';
import { reshape } from './arrange.ts';

const contrib = 'com.microsoft';

/** x W^T + b over the last axis, with W stored as [out, in]: one product over all rows. @param bias [out], or null without */
export function dense(x: Value, weight: Value, bias: Value | null): Value {
  const width = x.shape[x.rank - 1];
  const [out, inner] = weight.shape;
  if (weight.rank !== 2 || inner !== width)
    throw new ShapeError(
      `weights ${showShape(weight.shape)} do not fit the last axis of ${showShape(x.shape)}`,
    );
  const rows = times(...x.shape.slice(0, -1));
  const [product] = x.graph.node({
    type: 'Gemm',
    inputs: bias === null ? [reshape(x, [rows, width]), weight] : [reshape(x, [rows, width]), weight, bias],
    outputs: [{ type: x.type, shape: [rows, out] }],
    attributes: { transB: { int: 1 } },
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
  })[0];

export interface AttentionInputs {
  /** [rows, queries, heads x headSize] */
  readonly query: Value;
  /** [rows, tokens, heads x headSize] */
  readonly key: Value;
  readonly value: Value;
  /** int32 [rows, tokens]: 0 where a token is hidden; null: all are seen */
  readonly visible: Value | null;
  /** [1 or rows, heads, queries, tokens], added to the scores; absent: nothing is */
  readonly bias?: Value;
  readonly heads: number;
  /** factor on the scores */
  readonly scale: number;
}

/** @returns [rows, queries, heads x headSize] */
export function attention({ query, key, value, visible, bias, heads, scale }: AttentionInputs): Value {
  const [rows, queries] = query.shape;
  const width: Dim = value.shape[2];
  return query.graph.node({
    type: 'MultiHeadAttention',
    domain: contrib,
    inputs: [
      ...[query, key, value],
      ...(visible === null && bias === undefined ? [] : [null, visible]),
      ...(bias === undefined ? [] : [bias]),
    ],
    outputs: [{ type: query.type, shape: [rows, queries, width] }],
    attributes: { num_heads: { int: heads }, scale: { float: scale }, mask_filter_value: { float: -1e30 } },
  })[0];
}

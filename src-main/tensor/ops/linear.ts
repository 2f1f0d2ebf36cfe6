/** @file Products of matrices. */
import type { Value } from '../graph.ts';
import { ShapeError, broadcast, showShape, times } from '../shape.ts';
import { matrixTranspose, reshape, sumTo, transpose } from './arrange.ts';
import { add } from './elementwise.ts';

/** Matrix product over the last two axes; the axes before them are broadcast. Both need at least two axes. */
export function matmul(a: Value, b: Value): Value {
  if (a.rank < 2 || b.rank < 2 || a.shape[a.rank - 1] !== b.shape[b.rank - 2] || a.type !== b.type)
    throw new ShapeError(`no product of ${a.type} ${showShape(a.shape)} and ${b.type} ${showShape(b.shape)}`);
  const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return a.graph.node({
    type: 'MatMul',
    inputs: [a, b],
    outputs: [{ type: a.type, shape: [...batch, a.shape[a.rank - 2], b.shape[b.rank - 1]] }],
    backward: ([g]) =>
      g === null
        ? [null, null]
        : [
            () => sumTo(matmul(g, matrixTranspose(b)), a.shape),
            () => (b.rank === 2 ? rowsGradient(a, g) : sumTo(matmul(matrixTranspose(a), g), b.shape)),
          ],
  })[0];
}

/** Gradient of a matrix that multiplies every row of a larger tensor: one product over all rows, not a sum of many. */
function rowsGradient(a: Value, g: Value): Value {
  const rows = times(...a.shape.slice(0, -1));
  const left = reshape(a, [rows, a.shape[a.rank - 1]]);
  const right = reshape(g, [rows, g.shape[g.rank - 1]]);
  return matmul(transpose(left, [1, 0]), right);
}

/** x W^T + b, with W stored as [out, in] the way PyTorch does. @param bias shape [out], or null without */
export function linear(x: Value, weight: Value, bias: Value | null): Value {
  const product = matmul(x, transpose(weight, [1, 0]));
  return bias === null ? product : add(product, bias);
}

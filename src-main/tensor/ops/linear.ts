/** @file Products of matrices. */
import type { Value } from '../graph.ts';
import { ShapeError, broadcast, showShape, sizeIn, times } from '../shape.ts';
import type { Dim } from '../shape.ts';
import { matrixTranspose, reshape, sumTo, transpose } from './arrange.ts';
import { add } from './elementwise.ts';
import { halved, inHalf, widened } from './half.ts';

/** Matrix product over the last two axes; the axes before them are broadcast. Both need at least two axes. */
export function matmul(a: Value, b: Value): Value {
  if (inHalf(a, b)) return widened(matmul(halved(a), halved(b)));
  if (a.rank < 2 || b.rank < 2 || a.shape[a.rank - 1] !== b.shape[b.rank - 2] || a.type !== b.type)
    throw new ShapeError(`no product of ${a.type} ${showShape(a.shape)} and ${b.type} ${showShape(b.shape)}`);
  // a matrix multiplies all rows of a larger tensor alike: one product, and one for each gradient, not a sum of many
  if (b.rank === 2)
    return reshape(product(rowsOf(a), b, { a: false, b: false }), [...a.shape.slice(0, -1), b.shape[1]]);
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
            () => sumTo(matmul(matrixTranspose(a), g), b.shape),
          ],
  })[0];
}

/** x W^T + b, with W stored as [out, in] the way PyTorch does. @param bias shape [out], or null without */
export function linear(x: Value, weight: Value, bias: Value | null): Value {
  if (inHalf(x, weight)) {
    const made = widened(linear(halved(x), halved(weight), null));
    return bias === null ? made : add(made, bias);
  }
  if (weight.rank !== 2 || weight.shape[1] !== x.shape[x.rank - 1] || weight.type !== x.type)
    throw new ShapeError(
      `weights ${showShape(weight.shape)} do not fit the last axis of ${showShape(x.shape)}`,
    );
  return reshape(product(rowsOf(x), weight, { a: false, b: true }, bias), [
    ...x.shape.slice(0, -1),
    weight.shape[0],
  ]);
}

const rowsOf = (x: Value): Value => reshape(x, [times(...x.shape.slice(0, -1)), x.shape[x.rank - 1]]);

/** Which of two matrices is taken across. */
interface Across {
  readonly a: boolean;
  readonly b: boolean;
}

/** a b + c, each of a and b across where it says so. @param c [columns], or null without */
function product(a: Value, b: Value, across: Across, c: Value | null = null): Value {
  const [rows, columns] = [a.shape[across.a ? 1 : 0], b.shape[across.b ? 0 : 1]];
  if (isWide(a.graph.sizes, rows, columns)) {
    const turned = written(product(b, a, { a: !across.b, b: !across.a }));
    return c === null ? turned : add(turned, c);
  }
  if (across.a && readsBadly(a)) return product(written(a), b, { a: false, b: across.b }, c);
  return a.graph.node({
    type: 'Gemm',
    inputs: c === null ? [a, b] : [a, b, c],
    outputs: [{ type: a.type, shape: [rows, columns] }],
    attributes: { transA: { int: across.a ? 1 : 0 }, transB: { int: across.b ? 1 : 0 } },
    backward: ([g]) => {
      if (g === null) return [null, null, null];
      const left = (): Value =>
        across.a ? product(b, g, { a: across.b, b: true }) : product(g, b, { a: false, b: !across.b });
      const right = (): Value =>
        across.b ? product(g, a, { a: true, b: across.a }) : product(a, g, { a: !across.a, b: false });
      return [left, right, ...(c === null ? [] : [() => sumTo(g, c.shape)])];
    },
  })[0];
}

/** Threads among which ONNX Runtime may divide products without changing a bit of them, if they are made as here. */
export const steadyThreads = 8;
/** Columns from which on that holds by itself. */
export const steadyColumns = 16 * 5 * steadyThreads;

/**
 * Whether a product is to be made across, as the transpose of one with more rows than columns. ONNX Runtime divides columns among threads
 * where there are more of them than rows, and sums up in longer pieces where a thread has 64 or fewer: the last bits would depend on the
 * number of threads. Rows it divides without a trace.
 */
function isWide(sizes: ReadonlyMap<string, number>, rows: Dim, columns: Dim): boolean {
  const [high, wide] = [sizeIn(rows, sizes), sizeIn(columns, sizes)];
  return high !== null && wide !== null && high < wide && wide < steadyColumns;
}

/**
 * Whether the rows lie apart by a multiple of 1024 bytes: read across on the processor, they drive each other out of the first-level
 * cache, and the product takes up to half as long again.
 */
const readsBadly = ({ shape: [, columns] }: Value): boolean =>
  typeof columns === 'number' && columns % 256 === 0;

/** The transpose of a matrix, written out. The axis in between keeps ONNX Runtime from reading the matrix across after all. */
function written(x: Value): Value {
  const [rows, columns] = x.shape;
  return reshape(transpose(reshape(x, [rows, 1, columns]), [2, 0, 1]), [columns, rows]);
}

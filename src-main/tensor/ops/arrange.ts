/** @file Operators that move elements about: reshape, transpose, concat, split, expand, gather. */
import type { Graph } from '../graph.ts';
import type { Value } from '../graph.ts';
import { scalar } from './scalar.ts';
import { ShapeError, axisOf, partsOf, plus, sameShape, showShape, times } from '../shape.ts';
import type { Dim, Shape } from '../shape.ts';

const whole = (graph: Graph, values: readonly number[]): Value =>
  graph.constant('int64', [values.length], values);

/** The shape as a vector of whole numbers, int64 [rank]: constant where it is known, read from values that carry the sizes where not. */
export function shapeVector(graph: Graph, shape: Shape): Value {
  if (shape.every((dim) => typeof dim === 'number')) return whole(graph, shape);
  const parts = shape.map((dim) => (typeof dim === 'number' ? whole(graph, [dim]) : sizeOf(graph, dim)));
  if (parts.length === 1) return parts[0];
  return graph.node({
    type: 'Concat',
    inputs: parts,
    outputs: [{ type: 'int64', shape: [shape.length] }],
    attributes: { axis: { int: 0 } },
  })[0];
}

/** A size as int64 [1]. */
export function sizeOf(graph: Graph, dim: Dim): Value {
  if (typeof dim === 'number') return whole(graph, [dim]);
  const carrier = graph.carrier(dim);
  const combined = carrier === null ? partsOf(dim) : null;
  if (combined !== null)
    return combined.parts
      .map((part) => sizeOf(graph, part))
      .reduce(
        (total, part) =>
          graph.node({
            type: combined.sign === '+' ? 'Add' : 'Mul',
            inputs: [total, part],
            outputs: [{ type: 'int64', shape: [1] }],
          })[0],
      );
  if (carrier === null) throw new ShapeError(`no value of the graph carries the size "${dim}"`);
  const { value, axis } = carrier;
  return graph.node({
    type: 'Shape',
    inputs: [value],
    outputs: [{ type: 'int64', shape: [1] }],
    attributes: { start: { int: axis }, end: { int: axis + 1 } },
  })[0];
}

/** The same elements in another shape. Named sizes of the new shape must be carried by some value of the graph. @throws ShapeError */
export function reshape(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  const from = times(...x.shape);
  const to = times(...shape);
  if (typeof from === 'number' && typeof to === 'number' && from !== to)
    throw new ShapeError(`${showShape(x.shape)} cannot be reshaped to ${showShape(shape)}`);
  const named = shape.filter((dim) => typeof dim === 'string');
  // one unknown size follows from the number of elements; several have to be read
  const vector =
    named.length <= 1
      ? whole(
          x.graph,
          shape.map((dim) => (typeof dim === 'number' ? dim : -1)),
        )
      : shapeVector(x.graph, shape);
  return x.graph.node({
    type: 'Reshape',
    inputs: [x, vector],
    outputs: [{ type: x.type, shape }],
    attributes: { allowzero: { int: 1 } },
    backward: ([g]) => [g === null ? null : () => reshape(g, x.shape), null],
  })[0];
}

/** @param order order[i] is the axis of x that becomes axis i */
export function transpose(x: Value, order: readonly number[]): Value {
  const axes = order.map((axis) => axisOf(axis, x.rank));
  if (new Set(axes).size !== x.rank)
    throw new ShapeError(`[${order.join(', ')}] is no order of the axes of ${showShape(x.shape)}`);
  if (axes.every((axis, i) => axis === i)) return x;
  const inverse = axes.map((_, i) => axes.indexOf(i));
  return x.graph.node({
    type: 'Transpose',
    inputs: [x],
    outputs: [{ type: x.type, shape: axes.map((axis) => x.shape[axis]) }],
    attributes: { perm: { ints: axes } },
    backward: ([g]) => [g === null ? null : () => transpose(g, inverse)],
  })[0];
}

/** Last two axes exchanged. */
export const matrixTranspose = (x: Value): Value =>
  transpose(x, [...Array.from({ length: x.rank - 2 }, (_, i) => i), x.rank - 1, x.rank - 2]);

export function concat(parts: readonly Value[], axis: number): Value {
  const [first] = parts;
  if (parts.length === 1) return first;
  const at = axisOf(axis, first.rank);
  for (const part of parts)
    if (part.rank !== first.rank || part.shape.some((dim, i) => i !== at && dim !== first.shape[i]))
      throw new ShapeError(
        `${parts.map((one) => showShape(one.shape)).join(' and ')} do not join along axis ${axis}`,
      );
  const sizes = parts.map((part) => part.shape[at]);
  return first.graph.node({
    type: 'Concat',
    inputs: parts,
    outputs: [{ type: first.type, shape: first.shape.map((dim, i) => (i === at ? plus(...sizes) : dim)) }],
    attributes: { axis: { int: at } },
    backward: ([g]) => {
      if (g === null) return parts.map(() => null);
      let pieces: readonly Value[] | undefined;
      return parts.map((_, i) => () => (pieces ??= split(g, at, sizes))[i]);
    },
  })[0];
}

/** Parts of the given sizes along an axis; the sizes must add up to the axis. */
export function split(x: Value, axis: number, sizes: readonly Dim[]): readonly Value[] {
  const at = axisOf(axis, x.rank);
  if (plus(...sizes) !== x.shape[at])
    throw new ShapeError(`sizes ${sizes.join(' + ')} are not axis ${axis} of ${showShape(x.shape)}`);
  const shapes = sizes.map((size) => x.shape.map((dim, i) => (i === at ? size : dim)));
  return x.graph.node({
    type: 'Split',
    inputs: [x, shapeVector(x.graph, sizes)],
    outputs: shapes.map((shape) => ({ type: x.type, shape })),
    attributes: { axis: { int: at } },
    backward: (gradients) => [
      () =>
        concat(
          gradients.map((g, i) => g ?? zeros(x, shapes[i])),
          at,
        ),
      null,
    ],
  });
}

/** Zeros of the type of `like`. */
export const zeros = (like: Value, shape: Shape): Value => expand(scalar(like, 0), shape);

/** Repeats along axes of size 1 (and new axes in front) up to `shape`. */
export function expand(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  return x.graph.node({
    type: 'Expand',
    inputs: [x, shapeVector(x.graph, shape)],
    outputs: [{ type: x.type, shape }],
    backward: ([g]) => [g === null ? null : () => sumTo(g, x.shape), null],
  })[0];
}

/** The sum over those axes that were repeated to get from `shape` to the shape of g: the gradient of broadcasting. */
export function sumTo(g: Value, shape: Shape): Value {
  if (sameShape(g.shape, shape)) return g;
  const added = g.rank - shape.length;
  const axes = g.shape.flatMap((dim, i) => (i < added || (shape[i - added] === 1 && dim !== 1) ? [i] : []));
  if (axes.length === 0) return reshape(g, shape);
  const [summed] = g.graph.node({
    type: 'ReduceSum',
    inputs: [g, whole(g.graph, axes)],
    outputs: [{ type: g.type, shape: g.shape.map((dim, i) => (axes.includes(i) ? 1 : dim)) }],
    attributes: { keepdims: { int: 1 } },
    // a gradient of a gradient goes the other way
    backward: ([gg]) => [gg === null ? null : () => expand(gg, g.shape), null],
  });
  return reshape(summed, shape);
}

/** `count` elements from `start` along an axis whose size is a number. */
export function slice(x: Value, axis: number, start: number, count: number): Value {
  const at = axisOf(axis, x.rank);
  const size = x.shape[at];
  if (typeof size !== 'number' || start < 0 || count < 1 || start + count > size)
    throw new ShapeError(`no ${count} elements from ${start} along axis ${axis} of ${showShape(x.shape)}`);
  if (count === size) return x;
  const sizes = [start, count, size - start - count];
  const present = sizes.map((one) => one > 0);
  return split(
    x,
    at,
    sizes.filter((one) => one > 0),
  )[present[0] ? 1 : 0];
}

/** Rows of a table [rows, ...] by number: shape of `indices` (int64) followed by the rest of the table's. */
export function gather(table: Value, indices: Value): Value {
  const rest = table.shape.slice(1);
  return table.graph.node({
    type: 'Gather',
    inputs: [table, indices],
    outputs: [{ type: table.type, shape: [...indices.shape, ...rest] }],
    attributes: { axis: { int: 0 } },
    backward: ([g]) => [g === null ? null : () => scatterAdd(table, indices, g), null],
  })[0];
}

/** Zeros of the table's shape with the rows of `g` added at `indices`. */
function scatterAdd(table: Value, indices: Value, g: Value): Value {
  const count = times(...indices.shape);
  const rows = reshape(g, [count, ...table.shape.slice(1)]);
  return table.graph.node({
    type: 'ScatterND',
    inputs: [zeros(g, table.shape), reshape(indices, [count, 1]), rows],
    outputs: [{ type: table.type, shape: table.shape }],
    attributes: { reduction: { string: 'add' } },
  })[0];
}

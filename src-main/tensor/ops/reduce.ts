/** @file Sums, means and what is made of them: softmax, root-mean-square normalisation. */
import type { Value } from '../graph.ts';
import { axisOf, showShape, ShapeError, times } from '../shape.ts';
import { expand, reshape, sizeOf, sumTo } from './arrange.ts';
import { add, div, mul, sqrt, sub } from './elementwise.ts';
import { cast } from './scalar.ts';

/** Shape of x with the axes reduced to 1. */
const reduced = (x: Value, axes: readonly number[]): Value['shape'] =>
  x.shape.map((dim, i) => (axes.includes(i) ? 1 : dim));

/** Sum over axes (default: all), which stay with size 1 if `keep`. */
export function sum(x: Value, axes?: readonly number[], keep = false): Value {
  const over = (axes ?? x.shape.map((_, i) => i)).map((axis) => axisOf(axis, x.rank));
  const kept = reduced(x, over);
  const shape = keep ? kept : x.shape.filter((_, i) => !over.includes(i));
  return x.graph.node({
    type: 'ReduceSum',
    inputs: [x, x.graph.constant('int64', [over.length], over)],
    outputs: [{ type: x.type, shape }],
    attributes: { keepdims: { int: keep ? 1 : 0 } },
    backward: ([g]) => [g === null ? null : () => expand(reshape(g, kept), x.shape), null],
  })[0];
}

/** Mean over axes (default: all). */
export function mean(x: Value, axes?: readonly number[], keep = false): Value {
  const over = (axes ?? x.shape.map((_, i) => i)).map((axis) => axisOf(axis, x.rank));
  const count = times(...over.map((axis) => x.shape[axis]));
  const total = sum(x, over, keep);
  if (typeof count === 'number') return mul(total, 1 / count);
  const sizes = over.map((axis) => cast(reshape(sizeOf(x.graph, x.shape[axis]), []), x.type));
  return div(
    total,
    sizes.reduce((product, size) => mul(product, size)),
  );
}

/** Largest along one axis, kept with size 1. No gradient passes. */
export function maxOver(x: Value, axis: number): Value {
  const at = axisOf(axis, x.rank);
  return x.graph.node({
    type: 'ReduceMax',
    inputs: [x, x.graph.constant('int64', [1], [at])],
    outputs: [{ type: x.type, shape: reduced(x, [at]) }],
    attributes: { keepdims: { int: 1 } },
  })[0];
}

/** exp(x) over its sum along an axis. */
export function softmax(x: Value, axis = -1): Value {
  const at = axisOf(axis, x.rank);
  const made: Value[] = [];
  const [y] = x.graph.node({
    type: 'Softmax',
    inputs: [x],
    outputs: [{ type: x.type, shape: x.shape }],
    attributes: { axis: { int: at } },
    backward: ([g]) => [
      g === null
        ? null
        : () => {
            const weighted = mul(g, made[0]);
            return sub(weighted, mul(made[0], sum(weighted, [at], true)));
          },
    ],
  });
  made.push(y);
  return y;
}

/**
 * x / sqrt(mean(x^2) + epsilon) * weight over the last axis (Zhang and Sennrich, 2019), with a gradient of its own that takes fewer passes than
 * those of its parts. @param weight shape [last axis]
 */
export function rmsNorm(x: Value, weight: Value, epsilon: number): Value {
  const width = x.shape[x.rank - 1];
  if (weight.rank !== 1 || weight.shape[0] !== width)
    throw new ShapeError(
      `weights ${showShape(weight.shape)} do not fit the last axis of ${showShape(x.shape)}`,
    );
  const scale = div(1, sqrt(add(mean(mul(x, x), [-1], true), epsilon)));
  const normed = mul(x, scale);
  const scaled = mul(normed, weight);
  return x.graph.node({
    type: 'Identity',
    inputs: [scaled],
    outputs: [{ type: scaled.type, shape: scaled.shape }],
    sources: [x, weight],
    backward: ([g]) => {
      if (g === null) return [null, null];
      const along = mul(g, normed);
      const back = (): Value => {
        const share = mean(mul(along, weight), [-1], true);
        return mul(sub(mul(g, weight), mul(normed, share)), scale);
      };
      return [back, () => sumTo(along, weight.shape)];
    },
  })[0];
}

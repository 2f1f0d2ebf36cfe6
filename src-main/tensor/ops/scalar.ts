/** @file Numbers written in the program, and conversions between types. */
import type { Value } from '../graph.ts';
import { elementTypes } from '../onnx/model.ts';
import type { ElementType } from '../onnx/model.ts';
import { ShapeError } from '../shape.ts';

const floating: ReadonlySet<ElementType> = new Set(['float32', 'float16', 'bfloat16', 'float64']);

/** A number as a scalar of the type of `like`. */
export function scalar(like: Value, value: number): Value {
  const { graph, type } = like;
  if (type === 'float16' || type === 'bfloat16') return cast(graph.constant('float32', [], [value]), type);
  if (type === 'string' || type === 'int8') throw new ShapeError(`no numbers of type ${type} in graphs`);
  return graph.constant(type, [], [value]);
}

/** Between floating types the gradient is cast back; to or from others none passes. */
export function cast(x: Value, type: ElementType): Value {
  if (x.type === type) return x;
  return x.graph.node({
    type: 'Cast',
    inputs: [x],
    outputs: [{ type, shape: x.shape }],
    attributes: { to: { int: elementTypes[type] } },
    ...(floating.has(x.type) && floating.has(type)
      ? { backward: ([g]: readonly (Value | null)[]) => [g === null ? null : () => cast(g, x.type)] }
      : {}),
  })[0];
}

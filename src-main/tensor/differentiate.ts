/** @file Reverse-mode differentiation: operators that compute gradients are added to the graph. */
import type { GraphNode, Value } from './graph.ts';
import { ShapeError } from './shape.ts';
import { add } from './ops/elementwise.ts';
import { reshape, zeros } from './ops/arrange.ts';
import { scalar } from './ops/scalar.ts';

/**
 * Gradients of a scalar with respect to values it was computed from.
 * @param loss float, one element
 * @returns one value per entry of `wrt`, of its shape; zeros where the loss does not depend on it
 * @throws ShapeError where the loss is no scalar, or depends on an entry only through an operator that has no gradient
 */
export function differentiate(loss: Value, wrt: readonly Value[]): Value[] {
  if (loss.shape.some((dim) => dim !== 1)) throw new ShapeError('only a scalar can be differentiated');
  const order = topological(loss);
  const active = new Set<Value>(wrt);
  for (const node of order)
    if (node.inputs.some((input) => input !== null && active.has(input)))
      for (const output of node.outputs)
        // a comparison or a shape does not change with small changes of what it is made from
        if (output.type.startsWith('float')) active.add(output);
  const gradients = new Map<Value, Value>();
  const collect = (value: Value, gradient: Value): void => {
    const known = gradients.get(value);
    gradients.set(value, known === undefined ? gradient : add(known, gradient));
  };
  if (active.has(loss)) collect(loss, reshape(scalar(loss, 1), loss.shape));
  return loss.graph.scoped('gradient', () => {
    for (const node of order.toReversed()) {
      const incoming = node.outputs.map((output) =>
        active.has(output) ? (gradients.get(output) ?? null) : null,
      );
      if (incoming.every((gradient) => gradient === null)) continue;
      const needed = node.inputs.map((input) => input !== null && active.has(input));
      if (!needed.includes(true)) continue;
      if (node.backward === null) throw new ShapeError(`no gradient passes through ${node.type}`);
      const backward = node.backward(incoming);
      node.inputs.forEach((input, i) => {
        const make = backward[i];
        if (input !== null && needed[i] && make !== null) collect(input, make());
      });
    }
    return wrt.map((value) => gradients.get(value) ?? zeros(value, value.shape));
  });
}

/** Operators behind a value, each after those it needs. */
function topological(value: Value): GraphNode[] {
  const order: GraphNode[] = [];
  const seen = new Set<GraphNode>();
  const stack: { readonly node: GraphNode; next: number }[] = [];
  const enter = (from: Value | null): void => {
    if (from?.node && !seen.has(from.node)) {
      seen.add(from.node);
      stack.push({ node: from.node, next: 0 });
    }
  };
  enter(value);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    if (top.next < top.node.inputs.length) enter(top.node.inputs[top.next++]);
    else {
      order.push(top.node);
      stack.pop();
    }
  }
  return order;
}

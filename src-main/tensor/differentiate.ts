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
  return loss.graph.scoped('gradient', () =>
    gradientsOf(loss, reshape(scalar(loss, 1), loss.shape), wrt, new Set()),
  );
}

/**
 * Gradients of any value: the product of a gradient with respect to it and its derivatives.
 * @param gradient of the shape of `from`
 * @param wrt all taken for independent of each other, even where one was computed from another
 * @returns one value per entry of `wrt`, of its shape; zeros where `from` does not depend on it
 * @throws ShapeError as {@link differentiate}
 */
export const pulledBack = (from: Value, gradient: Value, wrt: readonly Value[]): Value[] =>
  gradientsOf(from, gradient, wrt, new Set(wrt));

/** @param leaves nothing is asked behind them */
function gradientsOf(
  from: Value,
  gradient: Value,
  wrt: readonly Value[],
  leaves: ReadonlySet<Value>,
): Value[] {
  const order = topological(from, leaves);
  const active = new Set<Value>(wrt);
  for (const node of order)
    if (node.sources.some((source) => source !== null && active.has(source)))
      for (const output of node.outputs)
        // a comparison or a shape does not change with small changes of what it is made from
        if (output.type.startsWith('float')) active.add(output);
  const gradients = new Map<Value, Value>();
  const collect = (value: Value, gradient: Value): void => {
    const known = gradients.get(value);
    gradients.set(value, known === undefined ? gradient : add(known, gradient));
  };
  if (active.has(from)) collect(from, gradient);
  for (const node of order.toReversed()) {
    const incoming = node.outputs.map((output) =>
      active.has(output) ? (gradients.get(output) ?? null) : null,
    );
    if (incoming.every((one) => one === null)) continue;
    const needed = node.sources.map((source) => source !== null && active.has(source));
    if (!needed.includes(true)) continue;
    if (node.backward === null) throw new ShapeError(`no gradient passes through ${node.type}`);
    const backward = node.backward(incoming);
    node.sources.forEach((source, i) => {
      const make = backward[i];
      if (source !== null && needed[i] && make !== null) collect(source, make());
    });
  }
  return wrt.map((value) => gradients.get(value) ?? zeros(value, value.shape));
}

/** Operators behind a value, up to leaves, each after those it needs. */
function topological(value: Value, leaves: ReadonlySet<Value>): GraphNode[] {
  const order: GraphNode[] = [];
  const seen = new Set<GraphNode>();
  const stack: { readonly node: GraphNode; next: number }[] = [];
  const enter = (from: Value | null): void => {
    if (from?.node && !leaves.has(from) && !seen.has(from.node)) {
      seen.add(from.node);
      stack.push({ node: from.node, next: 0 });
    }
  };
  enter(value);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    if (top.next < top.node.sources.length) enter(top.node.sources[top.next++]);
    else {
      order.push(top.node);
      stack.pop();
    }
  }
  return order;
}

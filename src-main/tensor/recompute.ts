/**
 * @file Less memory for more work: what a part of a graph made on its way is dropped and made again when gradients come back.
 * @see Chen et al., "Training Deep Nets with Sublinear Memory Cost", arXiv 1604.06174
 */
import { pulledBack } from './differentiate.ts';
import type { GraphNode, Value } from './graph.ts';
import { gather, reshape } from './ops/arrange.ts';
import { add, mul } from './ops/elementwise.ts';
import { times } from './shape.ts';

/**
 * The value that `build` makes of `inputs`, whose intermediate values are not kept for its gradient.
 * @param inputs floats
 * @param build is called again for each gradient, and must then add the same operators; other values of the graph may be used
 *   within it (weights, masks), and get gradients too
 */
export function recomputed(inputs: readonly Value[], build: (inputs: readonly Value[]) => Value): Value {
  const [{ graph }] = inputs;
  const { result: made, nodes } = graph.recorded(() => build(inputs));
  const { type, shape } = made;
  const captured = outside(made, nodes).filter((value) => !inputs.includes(value));
  const sources = [...inputs, ...captured];
  return graph.node({
    type: 'Identity',
    inputs: [made],
    outputs: [{ type, shape }],
    sources,
    backward: ([gradient]) => {
      let gradients: readonly Value[] | null = null;
      const all = (): readonly Value[] => {
        if (gradient === null) throw new Error('a gradient is needed');
        if (gradients !== null) return gradients;
        const nothing = nothingOf(gradient);
        const again = inputs.map((input) => add(input, nothing));
        gradients = graph.scoped('again', () => pulledBack(build(again), gradient, [...again, ...captured]));
        return gradients;
      };
      return sources.map((source, i) => (source.type.startsWith('float') ? () => all()[i] : null));
    },
  })[0];
}

/**
 * Zero, but only once the gradient is there. What is added to it cannot be made earlier, nor be taken for what was made before:
 * else ONNX Runtime would keep the values of the way forth.
 */
const nothingOf = (gradient: Value): Value =>
  mul(gather(reshape(gradient, [times(...gradient.shape)]), gradient.graph.constant('int64', [1], [0])), 0);

/** Values that operators of a part of the graph read and that were there before it. */
function outside(made: Value, nodes: ReadonlySet<GraphNode>): Value[] {
  const found = new Set<Value>();
  const seen = new Set<Value>();
  const open = [made];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    if (value.node === null || !nodes.has(value.node)) found.add(value);
    else for (const source of value.node.sources) if (source !== null) open.push(source);
  }
  return [...found];
}

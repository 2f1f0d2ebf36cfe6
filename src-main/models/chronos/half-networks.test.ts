/** @file Which products of the networks are made in 16 bits, where they are asked for. */
import { expect, test } from 'vitest';
import { checkpoint } from '../../../tests/golden/support/chronos.ts';
import { asFloat16 } from '../../services/chronos-checkpoint.ts';
import type { Graph } from '../../tensor/graph.ts';
import { elementTypes } from '../../tensor/onnx/model.ts';
import type { OnnxNode } from '../../tensor/onnx/model.ts';
import { weightsOf } from '../../tensor/stored.ts';
import { defaultLora } from './adapters.ts';
import { inferenceGraph } from './inference-network.ts';
import { gradientGraph, lossGraph } from './training-graphs.ts';

const { config } = checkpoint;
const optimiser = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, clip: 1 };
const form = { grouped: true, halfProducts: true };

const narrows = ({ type, attributes }: OnnxNode): boolean =>
  type === 'Cast' && (attributes!['to'] as { int: number }).int === elementTypes.float16;
const isProduct = ({ type }: OnnxNode): boolean => ['Gemm', 'MatMul'].includes(type);

/** Operators on patches, on the weights that embed them and on what these make, until they stand in the row of tokens. */
function embedding(graph: Graph): OnnxNode[] {
  const { nodes, inputs, initializers } = graph.toOnnx().graph;
  const reached = new Set(
    [...inputs.map(({ name }) => name), ...initializers.keys()].filter((name) =>
      /^(context|future|input_patch_embedding\..*)$/.test(name),
    ),
  );
  expect(reached.size).toBe(8);
  return nodes.filter(({ inputs: from, outputs, type }) => {
    if (!from.some((name) => reached.has(name))) return false;
    // sizes are read off anything
    if (!['Concat', 'Shape'].includes(type)) outputs.forEach((name) => reached.add(name));
    return true;
  });
}

test.each([
  [
    'forecasts',
    () =>
      inferenceGraph(config, { alone: false, complete: false, halfProducts: true }, weightsOf(checkpoint)),
  ],
  [
    'forecasts from weights of 16 bits',
    () =>
      inferenceGraph(
        config,
        { alone: true, complete: true, halfProducts: true },
        weightsOf(asFloat16(checkpoint)),
      ),
  ],
  ['training', () => gradientGraph(config, optimiser, form)],
  ['training of adapters', () => gradientGraph(config, { ...optimiser, lora: defaultLora }, form)],
  ['validation', () => lossGraph(config, optimiser, form)],
])('products of %s have 16 bits, but for those that embed patches', (_, make) => {
  const graph = make();
  const own = embedding(graph);
  expect(own.filter(isProduct).length).toBeGreaterThanOrEqual(6);
  expect(own.filter(narrows)).toEqual([]);
  expect(graph.toOnnx().graph.nodes.filter(narrows).length).toBeGreaterThan(10);
});

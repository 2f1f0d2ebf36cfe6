/** @file Chronos-Bolt as a graph for forecasts: patches in, normalised quantiles out. Names of tensors are the checkpoint's. */
import { Graph } from '../../tensor/graph.ts';
import type { Value } from '../../tensor/graph.ts';
import { concat, expand, gather, matrixTranspose, reshape, transpose } from '../../tensor/ops/arrange.ts';
import { add } from '../../tensor/ops/elementwise.ts';
import { addNormed, dense, fusedRmsNorm, perceptron } from '../../tensor/ops/fused.ts';
import { matmul } from '../../tensor/ops/linear.ts';
import { softmax } from '../../tensor/ops/reduce.ts';
import { encoderStack, feedForward, maskOf, normOf } from '../t5/layers.ts';
import type { Weights } from '../t5/layers.ts';
import type { BoltConfig } from './config.ts';

/** Row of the table of tokens that stands at the end of a context. */
const reg = 1;

/**
 * Inputs: `patches` [rows, n, 2P] (values, then which are there), `tokens` int32 [rows, tokens] (1 where one may be looked at; tokens
 * = n, and one more with a REG token). Output: `quantiles` [rows, quantiles x steps] of the normalised series.
 * @param plainAttention in steps, for devices on which the fused operator is wrong
 */
export function boltGraph(
  config: BoltConfig,
  weightsOf: (graph: Graph) => Weights,
  plainAttention = false,
): Graph {
  const graph = new Graph('chronos-bolt', { plainAttention });
  const weights = weightsOf(graph);
  const { dModel } = config.t5;
  const patches = graph.input('patches', 'float32', ['rows', 'n', 2 * config.patch]);
  const table = weights('shared.weight');
  let x = residualBlock(weights, 'input_patch_embedding', patches);
  if (config.regToken)
    x = concat([x, expand(reshape(token(table, reg), [1, 1, dModel]), ['rows', 1, dModel])], 1);
  const tokens = x.shape[1];
  const visible = graph.input('tokens', 'int32', ['rows', tokens]);
  const encoded = encoderStack(config.t5, weights, x, visible);
  const start = expand(token(table, config.t5.start), ['rows', dModel]);
  const decoded = decoderToken(config, weights, start, encoded, visible);
  graph.output('quantiles', residualBlock(weights, 'output_patch_embedding', decoded));
  return graph;
}

/** [1, dModel] */
const token = (table: Value, row: number): Value => gather(table, table.graph.constant('int64', [1], [row]));

function residualBlock(weights: Weights, name: string, x: Value): Value {
  const of = (layer: string): { weight: Value; bias: Value } => ({
    weight: weights(`${name}.${layer}.weight`),
    bias: weights(`${name}.${layer}.bias`),
  });
  const [output, residual] = [of('output_layer'), of('residual_layer')];
  const base = dense(x, residual.weight, add(residual.bias, output.bias));
  return perceptron(x, of('hidden_layer'), output.weight, base);
}

/**
 * The decoder for its one token. Among one token attention is the product of two matrices. What the token looks for in the context is
 * taken through the keys' matrix, instead of taking the whole context through it; with the values' likewise.
 * @param x [rows, dModel]
 * @param encoded [rows, tokens, dModel]
 * @returns [rows, dModel]
 */
function decoderToken({ t5 }: BoltConfig, weights: Weights, x: Value, encoded: Value, visible: Value): Value {
  const { dModel, headSize, heads, decoderLayers, epsilon } = t5;
  const inner = heads * headSize;
  const [rows, tokens] = visible.shape;
  const mask = reshape(maskOf(visible), [rows, 1, tokens]);
  const across = matrixTranspose(encoded);
  let sum = x;
  let normed = fusedRmsNorm(x, normOf(weights, 'decoder.block.0.layer.0'), epsilon);
  for (let i = 0; i < decoderLayers; i++) {
    const name = `decoder.block.${i}.layer`;
    const self = dense(
      dense(normed, weights(`${name}.0.SelfAttention.v.weight`), null),
      weights(`${name}.0.SelfAttention.o.weight`),
      null,
    );
    const one = addNormed(sum, self, normOf(weights, `${name}.1`), epsilon);
    const cross = (letter: string): Value => weights(`${name}.1.EncDecAttention.${letter}.weight`);
    const byHead = (letter: string): Value => reshape(cross(letter), [heads, headSize, dModel]);
    const query = transpose(reshape(dense(one.normed, cross('q'), null), [rows, heads, headSize]), [1, 0, 2]);
    const wanted = transpose(matmul(query, byHead('k')), [1, 0, 2]);
    const shares = softmax(add(matmul(wanted, across), mask));
    const found = transpose(matmul(shares, encoded), [1, 0, 2]);
    const values = transpose(matmul(found, matrixTranspose(byHead('v'))), [1, 0, 2]);
    const seen = dense(reshape(values, [rows, inner]), cross('o'), null);
    const two = addNormed(one.sum, seen, normOf(weights, `${name}.2`), epsilon);
    const next =
      i === decoderLayers - 1
        ? 'decoder.final_layer_norm.weight'
        : `decoder.block.${i + 1}.layer.0.layer_norm.weight`;
    const three = addNormed(two.sum, feedForward(weights, `${name}.2`, two.normed), weights(next), epsilon);
    sum = three.sum;
    normed = three.normed;
  }
  return normed;
}

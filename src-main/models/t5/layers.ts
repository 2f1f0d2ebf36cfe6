/** @file Layers of T5 as graphs for inference, with operators that do several things at once. Names of tensors are the checkpoint's. */
import type { Value } from '../../tensor/graph.ts';
import { reshape } from '../../tensor/ops/arrange.ts';
import { add, greater, where } from '../../tensor/ops/elementwise.ts';
import { addNormed, attention, dense, fusedRmsNorm, perceptron } from '../../tensor/ops/fused.ts';
import type { T5Config } from './config.ts';
import { hidden, relativeBias } from './relative-bias.ts';

/** Gives a tensor of the checkpoint as a value of the graph; equal names give the same value. */
export type Weights = (name: string) => Value;

export const normOf = (weights: Weights, name: string): Value => weights(`${name}.layer_norm.weight`);

/** 0 where a token is seen, and what hides it where it is not. @param visible int32 */
export const maskOf = (visible: Value): Value =>
  where(
    greater(visible, 0),
    visible.graph.constant('float32', [], [0]),
    visible.graph.constant('float32', [], [hidden]),
  );

export function feedForward(weights: Weights, name: string, x: Value): Value {
  const layer = (which: string): Value => weights(`${name}.DenseReluDense.${which}.weight`);
  return perceptron(x, { weight: layer('wi'), bias: null }, layer('wo'), null);
}

/**
 * @param x [rows, tokens, dModel], embedded
 * @param visible int32 [rows, tokens]: 0 where a token is hidden
 * @returns [rows, tokens, dModel], normalised
 */
export function encoderStack(config: T5Config, weights: Weights, x: Value, visible: Value): Value {
  const { layers, heads, epsilon } = config;
  const [rows, tokens] = x.shape;
  const table = weights('encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight');
  const relative = relativeBias(config, table, true, { queries: tokens, keys: tokens, atEnd: false });
  // one number for both: not every device takes a mask besides
  const bias = add(relative, reshape(maskOf(visible), [rows, 1, 1, tokens]));
  let sum = x;
  let normed = fusedRmsNorm(x, normOf(weights, 'encoder.block.0.layer.0'), epsilon);
  for (let i = 0; i < layers; i++) {
    const name = `encoder.block.${i}.layer`;
    const self = `${name}.0.SelfAttention`;
    const made = (letter: string): Value => dense(normed, weights(`${self}.${letter}.weight`), null);
    const seen = attention({
      query: made('q'),
      key: made('k'),
      value: made('v'),
      visible: null,
      bias,
      heads,
      scale: 1,
    });
    const one = addNormed(
      sum,
      dense(seen, weights(`${self}.o.weight`), null),
      normOf(weights, `${name}.1`),
      epsilon,
    );
    const next =
      i === layers - 1
        ? 'encoder.final_layer_norm.weight'
        : `encoder.block.${i + 1}.layer.0.layer_norm.weight`;
    const two = addNormed(one.sum, feedForward(weights, `${name}.1`, one.normed), weights(next), epsilon);
    sum = two.sum;
    normed = two.normed;
  }
  return normed;
}

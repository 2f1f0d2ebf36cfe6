/**
 * @file A Chronos-T5 checkpoint as the two graphs that @huggingface/transformers runs: an encoder, and a decoder that keeps what it has
 * worked out of the tokens before. Names of inputs and outputs are those of Optimum's exports, names of tensors the checkpoint's.
 *
 * Unlike in those exports, the encoder's outputs need not be repeated for each path that is drawn from a series: all paths of a
 * series look at the same ones.
 */
import { Graph } from '../../tensor/graph.ts';
import type { Value } from '../../tensor/graph.ts';
import { concat, gather, reshape, sizeOf, transpose } from '../../tensor/ops/arrange.ts';
import { equal, mul } from '../../tensor/ops/elementwise.ts';
import { addNormed, attention, dense, fusedRmsNorm } from '../../tensor/ops/fused.ts';
import { cast } from '../../tensor/ops/scalar.ts';
import { plus, times } from '../../tensor/shape.ts';
import type { Shape } from '../../tensor/shape.ts';
import { encoderStack, feedForward, normOf } from '../t5/layers.ts';
import type { Weights } from '../t5/layers.ts';
import { relativeBias } from '../t5/relative-bias.ts';
import type { ChronosT5Config } from './config.ts';

/** Size of the kept encoder part of a decoder that does not want it repeated: the name tells such a decoder from others. */
export const sharedRows = 'series_kept';

/** Inputs `input_ids` and `attention_mask`, int64 [rows, n]; output `last_hidden_state` [rows, n, dModel]. */
export function encoderGraph({ t5 }: ChronosT5Config, weightsOf: (graph: Graph) => Weights): Graph {
  const graph = new Graph('chronos-t5-encoder');
  const weights = weightsOf(graph);
  const ids = graph.input('input_ids', 'int64', ['rows', 'n']);
  const visible = cast(graph.input('attention_mask', 'int64', ['rows', 'n']), 'int32');
  graph.output(
    'last_hidden_state',
    encoderStack(t5, weights, gather(weights('shared.weight'), ids), visible),
  );
  return graph;
}

/**
 * Inputs: `input_ids` int64 [rows, steps], the tokens after those kept; `encoder_hidden_states` [series, n, dModel] and
 * `encoder_attention_mask` int64 [series, n], where rows = series x paths, the paths of a series together; what is kept of each
 * layer, `past_key_values.I.decoder.key` [rows, heads, past, headSize] and so on, empty at first.
 * Outputs: `logits` [rows, steps, vocabulary] and what is to be kept, `present.I.decoder.key` and so on.
 * @param head name of the tensor that output is compared with
 */
export function decoderGraph(
  config: ChronosT5Config,
  head: string,
  weightsOf: (graph: Graph) => Weights,
): Graph {
  const graph = new Graph('chronos-t5-decoder');
  const weights = weightsOf(graph);
  const { t5, scaled } = config;
  const { dModel, headSize, heads, decoderLayers, epsilon } = t5;
  const inner = heads * headSize;
  const visible = cast(graph.input('encoder_attention_mask', 'int64', ['series', 'n']), 'int32');
  const ids = graph.input('input_ids', 'int64', ['batch_size', 'steps']);
  const encoded = graph.input('encoder_hidden_states', 'float32', ['series', 'n', dModel]);
  const kept = (i: number, part: string, shape: Shape): Value =>
    graph.input(`past_key_values.${i}.${part}`, 'float32', shape);
  const own: Shape = ['batch_size', heads, 'past', headSize];
  const shared: Shape = [sharedRows, heads, 'n_kept', headSize];
  const past = Array.from({ length: decoderLayers }, (_, i) => ({
    key: kept(i, 'decoder.key', own),
    value: kept(i, 'decoder.value', own),
    encoderKey: kept(i, 'encoder.key', shared),
    encoderValue: kept(i, 'encoder.value', shared),
  }));
  const table = weights('decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight');
  const bias = relativeBias(t5, table, false, { queries: 'steps', keys: plus('past', 'steps'), atEnd: true });
  const fresh = unlessKept(encoded, past[0].encoderKey);

  /** Keys or values of the encoder's outputs, worked out once: [series, heads, n, headSize] */
  const ofEncoder = (x: Value, before: Value): Value => {
    const byHead = transpose(reshape(x, ['series', 'n_fresh', heads, headSize]), [0, 2, 1, 3]);
    const flat = (y: Value): Value => reshape(y, [times(...y.shape)]);
    return reshape(concat([flat(before), flat(byHead)], 0), ['series', heads, 'n', headSize]);
  };

  let sum = gather(weights('shared.weight'), ids);
  let normed = fusedRmsNorm(sum, normOf(weights, 'decoder.block.0.layer.0'), epsilon);
  for (let i = 0; i < decoderLayers; i++) {
    const name = `decoder.block.${i}.layer`;
    const made = (layer: string, from: Value): Value => dense(from, weights(`${name}.${layer}.weight`), null);
    const self = '0.SelfAttention';
    const seen = graph.node({
      type: 'MultiHeadAttention',
      domain: 'com.microsoft',
      inputs: [
        ...['q', 'k', 'v'].map((letter) => made(`${self}.${letter}`, normed)),
        ...[null, null, bias, past[i].key, past[i].value],
      ],
      outputs: [
        { type: 'float32', shape: ['batch_size', 'steps', inner] },
        { type: 'float32', shape: ['batch_size', heads, plus('past', 'steps'), headSize] },
        { type: 'float32', shape: ['batch_size', heads, plus('past', 'steps'), headSize] },
      ],
      attributes: { num_heads: { int: heads }, scale: { float: 1 } },
    });
    graph.output(`present.${i}.decoder.key`, seen[1]);
    graph.output(`present.${i}.decoder.value`, seen[2]);
    const one = addNormed(sum, made(`${self}.o`, seen[0]), normOf(weights, `${name}.1`), epsilon);
    const cross = '1.EncDecAttention';
    const key = ofEncoder(made(`${cross}.k`, fresh), past[i].encoderKey);
    const value = ofEncoder(made(`${cross}.v`, fresh), past[i].encoderValue);
    graph.output(`present.${i}.encoder.key`, key);
    graph.output(`present.${i}.encoder.value`, value);
    const query = pathsTogether(made(`${cross}.q`, one.normed), inner);
    const found = attention({ query, key, value, visible, heads, scale: 1 });
    const apart = reshape(found, ['batch_size', 'steps', inner]);
    const two = addNormed(one.sum, made(`${cross}.o`, apart), normOf(weights, `${name}.2`), epsilon);
    const next =
      i === decoderLayers - 1
        ? 'decoder.final_layer_norm.weight'
        : `decoder.block.${i + 1}.layer.0.layer_norm.weight`;
    const three = addNormed(two.sum, feedForward(weights, `${name}.2`, two.normed), weights(next), epsilon);
    sum = three.sum;
    normed = three.normed;
  }
  graph.output('logits', dense(scaled ? mul(normed, dModel ** -0.5) : normed, weights(head), null));
  return graph;
}

/** The encoder's outputs, or none of them where their keys are kept already: [series, n_fresh, dModel] */
function unlessKept(encoded: Value, keptKey: Value): Value {
  const { graph } = encoded;
  const whole = (value: number): Value => graph.constant('int64', [1], [value]);
  const none = cast(equal(sizeOf(graph, keptKey.shape[2]), 0), 'int64');
  return graph.node({
    type: 'Slice',
    inputs: [encoded, whole(0), mul(sizeOf(graph, 'n'), none), whole(1)],
    outputs: [{ type: 'float32', shape: ['series', 'n_fresh', encoded.shape[2]] }],
  })[0];
}

/** Paths of a series one after the other: [rows, steps, inner] -> [series, paths x steps, inner] */
function pathsTogether(x: Value, inner: number): Value {
  const { graph } = x;
  const shape = graph.node({
    type: 'Concat',
    inputs: [sizeOf(graph, 'series'), graph.constant('int64', [2], [-1, inner])],
    outputs: [{ type: 'int64', shape: [3] }],
    attributes: { axis: { int: 0 } },
  })[0];
  return graph.node({
    type: 'Reshape',
    inputs: [x, shape],
    outputs: [{ type: 'float32', shape: ['series', 'asked', inner] }],
  })[0];
}

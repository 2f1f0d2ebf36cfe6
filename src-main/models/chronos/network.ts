/**
 * @file Chronos-2 as a graph: patches and masks in, normalised quantiles out. Names of tensors are the checkpoint's.
 * Sizes of a batch (rows, context patches, output patches) are open until the graph runs.
 */
import type { Graph, Value } from '../../tensor/graph.ts';
import { concat, expand, reshape, slice, split, transpose } from '../../tensor/ops/arrange.ts';
import { add, equal, greater, mul, relu, where } from '../../tensor/ops/elementwise.ts';
import { rotary } from '../../tensor/ops/fused.ts';
import { linear, matmul } from '../../tensor/ops/linear.ts';
import { rmsNorm, softmax } from '../../tensor/ops/reduce.ts';
import { recomputed } from '../../tensor/recompute.ts';
import { plus } from '../../tensor/shape.ts';
import type { Chronos2Config } from './config.ts';

/** Gives a weight of the checkpoint as a value of the graph; asked once for each name. */
export type Weights = (name: string, shape: readonly number[]) => Value;

/** What low-rank adaptation adds to a linear layer: scale x B (A x). */
export interface Adapter {
  /** [rank, in] */
  readonly a: Value;
  /** [out, rank] */
  readonly b: Value;
  readonly scale: number;
}
/** Gives the adapter of a weight; null: it has none. */
export type Adapters = (name: string) => Adapter | null;

/** The layers of the checkpoint, as the network uses them. */
interface Layers {
  readonly weight: Weights;
  /** y = W x (+ b) of `${name}.weight` (and `${name}.bias`), with its adapter; shape [out, in] */
  dense(name: string, x: Value, shape: readonly [number, number], bias?: boolean): Value;
}

function layersOf(source: Weights, adapters: Adapters | null): Layers {
  const known = new Map<string, Value>();
  const weight: Weights = (name, shape) => {
    const value = known.get(name) ?? source(name, shape);
    known.set(name, value);
    return value;
  };
  return {
    weight,
    dense(name, x, shape, bias = false) {
      const plain = linear(
        x,
        weight(`${name}.weight`, shape),
        bias ? weight(`${name}.bias`, [shape[0]]) : null,
      );
      const adapter = adapters?.(`${name}.weight`) ?? null;
      if (adapter === null) return plain;
      return add(plain, mul(adapter.scale, linear(linear(x, adapter.a, null), adapter.b, null)));
    },
  };
}

export interface NetworkInputs {
  /** [rows, n, 3P] */
  readonly context: Value;
  /** [rows, m, 3P] */
  readonly future: Value;
  /** [rows, n+1+m]: 1 where a token may be looked at */
  readonly tokens: Value;
  /** [rows], int32; null: every row is alone in its group */
  readonly groups: Value | null;
  /** int64 [1, n+1+m]: places of the tokens in the tables */
  readonly positions: Value;
  /** [n+1+m, headSize / 2] each */
  readonly cos: Value;
  readonly sin: Value;
}

/** The largest negative number of 32 bits: infinity would turn a fully masked row into NaN. */
const hidden = -3.4028234663852886e38;

/** Declares the inputs of {@link buildNetwork}. */
export function networkInputs(graph: Graph, config: Chronos2Config, grouped: boolean): NetworkInputs {
  const width = 3 * config.patch;
  const tokens = plus('n', 1, 'm');
  return {
    context: graph.input('context', 'float32', ['rows', 'n', width]),
    future: graph.input('future', 'float32', ['rows', 'm', width]),
    tokens: graph.input('tokens', 'float32', ['rows', tokens]),
    groups: grouped ? graph.input('groups', 'int32', ['rows']) : null,
    positions: graph.input('positions', 'int64', [1, tokens]),
    cos: graph.input('cos', 'float32', [tokens, config.headSize / 2]),
    sin: graph.input('sin', 'float32', [tokens, config.headSize / 2]),
  };
}

/**
 * @param source is asked for a weight once, or with `recompute` twice, for the same value
 * @param options `recompute`: what a block makes on its way is not kept for its gradient, but made again
 * @returns [rows, quantiles, m, P]: quantiles of the normalised series
 */
export function buildNetwork(
  config: Chronos2Config,
  inputs: NetworkInputs,
  source: Weights,
  adapters: Adapters | null = null,
  { recompute = false }: { readonly recompute?: boolean } = {},
): Value {
  const layers = layersOf(source, adapters);
  const { weight } = layers;
  const { dModel, layers: depth, patch, quantiles, epsilon } = config;
  const { graph } = inputs.context;
  const [rows, m] = [inputs.future.shape[0], inputs.future.shape[1]];
  // neighbouring steps differ by 1/8192 in their time: 16 bits would not tell them apart
  const embed = (x: Value): Value =>
    graph.exactly(() => residualBlock(config, layers, 'input_patch_embedding', x, 3 * patch, dModel));
  // row 1 of the table is the REG token; row 0 stands for padding and is never read
  const reg = slice(weight('shared.weight', [2, dModel]), 0, 1, 1);
  const n = inputs.context.shape[1];
  const regRows = expand(reshape(reg, [1, 1, dModel]), [rows, 1, dModel]);
  /** the tokens of the horizon, which alone are forecast */
  const ahead = (y: Value, axis: number): Value => split(y, axis, [n, 1, m])[2];
  const time = timeMask(inputs.tokens);
  const groupsOf = (tokens: Value): Value | null =>
    inputs.groups === null ? null : groupMask(inputs.groups, tokens);
  const all: Tokens = {
    asked: (y) => y,
    positions: expand(inputs.positions, [rows, inputs.tokens.shape[1]]),
    group: groupsOf(inputs.tokens),
  };
  // what the last block makes of other tokens nobody reads
  const last: Tokens = {
    asked: (y) => ahead(y, 1),
    positions: expand(ahead(inputs.positions, 1), [rows, m]),
    group: groupsOf(ahead(inputs.tokens, 1)),
  };
  const block = (i: number, from: Value): Value => {
    const name = `encoder.block.${i}.layer`;
    const norm = (layer: number, y: Value): Value =>
      rmsNorm(y, weight(`${name}.${layer}.layer_norm.weight`, [dModel]), epsilon);
    const tokens = i === depth - 1 ? last : all;
    let y = tokens.asked(from);
    y = add(
      y,
      timeAttention(
        config,
        layers,
        `${name}.0.self_attention`,
        norm(0, from),
        { ...inputs, positions: all.positions },
        tokens,
        time,
      ),
    );
    y = add(y, groupAttention(config, layers, `${name}.1.self_attention`, norm(1, y), tokens.group));
    return add(y, feedForward(config, layers, `${name}.2.mlp`, norm(2, y)));
  };
  let x = concat([embed(inputs.context), regRows, embed(inputs.future)], 1);
  for (let i = 0; i < depth; i++)
    x = graph.scoped(`block.${i}`, () =>
      recompute ? recomputed([x], ([from]) => block(i, from)) : block(i, x),
    );
  x = rmsNorm(x, weight('encoder.final_layer_norm.weight', [dModel]), epsilon);
  const head = residualBlock(config, layers, 'output_patch_embedding', x, dModel, quantiles.length * patch);
  return transpose(reshape(head, [rows, m, quantiles.length, patch]), [0, 2, 1, 3]);
}

/** W_o relu(W_h x + b_h) + b_o + W_r x + b_r */
function residualBlock(
  config: Chronos2Config,
  layers: Layers,
  name: string,
  x: Value,
  from: number,
  to: number,
): Value {
  const part = (layer: string, y: Value, width: number, height: number): Value =>
    layers.dense(`${name}.${layer}`, y, [height, width], true);
  const inner = relu(part('hidden_layer', x, from, config.dFf));
  return add(part('output_layer', inner, config.dFf, to), part('residual_layer', x, from, to));
}

function feedForward(config: Chronos2Config, layers: Layers, name: string, x: Value): Value {
  const { dModel, dFf } = config;
  return layers.dense(`${name}.wo`, relu(layers.dense(`${name}.wi`, x, [dFf, dModel])), [dModel, dFf]);
}

const masked = (visible: Value): Value =>
  where(visible, visible.graph.constant('float32', [], [0]), visible.graph.constant('float32', [], [hidden]));

/** [rows, 1, 1, tokens], added to scores */
function timeMask(tokens: Value): Value {
  const [rows, count] = tokens.shape;
  return reshape(masked(greater(tokens, 0)), [rows, 1, 1, count]);
}

/** [tokens, 1, rows, rows], added to scores: a row sees the rows of its group that have something at the token */
function groupMask(groups: Value, tokens: Value): Value {
  const [rows, count] = tokens.shape;
  const same = equal(reshape(groups, [1, rows, 1]), reshape(groups, [1, 1, rows]));
  const present = reshape(greater(transpose(tokens, [1, 0]), 0), [count, 1, rows]);
  const both = same.graph.node({
    type: 'And',
    inputs: [same, present],
    outputs: [{ type: 'bool', shape: [count, rows, rows] }],
  })[0];
  return reshape(masked(both), [count, 1, rows, rows]);
}

/** Attention over the last axis but one, without 1/sqrt(headSize): the weights of q were trained so. */
function attend(q: Value, k: Value, v: Value, mask: Value): Value {
  const order = [0, 1, 3, 2];
  return matmul(softmax(add(matmul(q, transpose(k, order)), mask)), v);
}

type Heads = (x: Value, letter: 'q' | 'k' | 'v', turned?: (y: Value) => Value) => Value;

/** x [a, b, dModel] -> [a, heads, b, headSize]; `turned` is given [a, b, heads x headSize] */
function headsOf(config: Chronos2Config, layers: Layers, name: string): Heads {
  const { heads, headSize, dModel } = config;
  return (x, letter, turned = (y) => y) => {
    const all = turned(layers.dense(`${name}.${letter}`, x, [heads * headSize, dModel]));
    return transpose(reshape(all, [x.shape[0], x.shape[1], heads, headSize]), [0, 2, 1, 3]);
  };
}

/** [a, heads, b, headSize] -> [a, b, dModel] */
function joined(config: Chronos2Config, layers: Layers, name: string, x: Value): Value {
  const { heads, headSize, dModel } = config;
  const flat = reshape(transpose(x, [0, 2, 1, 3]), [x.shape[0], x.shape[2], heads * headSize]);
  return layers.dense(`${name}.o`, flat, [dModel, heads * headSize]);
}

/** Tokens that a block computes. */
interface Tokens {
  /** [rows, all tokens, dModel] -> [rows, tokens, dModel] */
  readonly asked: (x: Value) => Value;
  /** [rows, tokens] */
  readonly positions: Value;
  /** what is added to scores within groups, see {@link groupMask}; null: every row is alone */
  readonly group: Value | null;
}

/**
 * Among the tokens of a row.
 * @param x [rows, all tokens, dModel]
 * @param places of all tokens [rows, all tokens], and the tables
 * @returns [rows, tokens, dModel]
 */
function timeAttention(
  config: Chronos2Config,
  layers: Layers,
  name: string,
  x: Value,
  { positions, cos, sin }: Pick<NetworkInputs, 'positions' | 'cos' | 'sin'>,
  tokens: Tokens,
  mask: Value,
): Value {
  const heads = headsOf(config, layers, name);
  const turn =
    (places: Value) =>
    (y: Value): Value =>
      rotary(y, places, cos, sin, config.heads);
  const query = heads(tokens.asked(x), 'q', turn(tokens.positions));
  return joined(config, layers, name, attend(query, heads(x, 'k', turn(positions)), heads(x, 'v'), mask));
}

/** Among the rows of a group, at each token by itself. A row that is alone sees only itself, with weight 1. */
function groupAttention(
  config: Chronos2Config,
  layers: Layers,
  name: string,
  x: Value,
  mask: Value | null,
): Value {
  if (mask === null) {
    const { heads, headSize, dModel } = config;
    const own = layers.dense(`${name}.v`, x, [heads * headSize, dModel]);
    return layers.dense(`${name}.o`, own, [dModel, heads * headSize]);
  }
  const heads = headsOf(config, layers, name);
  const across = transpose(x, [1, 0, 2]);
  const seen = attend(heads(across, 'q'), heads(across, 'k'), heads(across, 'v'), mask);
  return transpose(joined(config, layers, name, seen), [1, 0, 2]);
}

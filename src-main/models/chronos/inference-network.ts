/**
 * @file Chronos-2 as a graph for forecasts only: the network of `network.ts` with operators that do several things at once,
 * and without what no forecast depends on. Equal to it up to rounding.
 *
 *  - rows of a batch stand in groups of one size, so group attention compares the rows of a group and no others; with groups
 *    of one it is one matrix, the product of two, which ONNX Runtime makes when the graph is opened;
 *  - the last layer is made for the tokens of the future only: nobody reads the others;
 *  - where no token is hidden, attention has no mask: ONNX Runtime has a faster one then, in blocks that stay in the cache.
 */
import { Graph } from '../../tensor/graph.ts';
import type { GraphOptions, Value } from '../../tensor/graph.ts';
import { concat, expand, reshape, slice, split, transpose } from '../../tensor/ops/arrange.ts';
import { add, mul, relu, sub } from '../../tensor/ops/elementwise.ts';
import { matmul } from '../../tensor/ops/linear.ts';
import { scalar } from '../../tensor/ops/scalar.ts';
import {
  addNormed,
  attention,
  dense,
  fusedRmsNorm,
  int8Dense,
  perceptron,
  rotary,
} from '../../tensor/ops/fused.ts';
import { plus, times } from '../../tensor/shape.ts';
import type { Chronos2Config } from './config.ts';
import type { Weights } from './network.ts';

export interface InferencePlan extends GraphOptions {
  /** every row is a group of its own */
  readonly alone: boolean;
  /** no token is hidden; the input `tokens` is left out */
  readonly complete: boolean;
}

/** A matrix of 8 bits by its name; null where it has none. */
export type Int8Weights = (name: string) => { readonly values: Value; readonly scales: Value } | null;

interface Parts {
  readonly config: Chronos2Config;
  readonly weights: Weights;
  readonly int8: Int8Weights;
  readonly alone: boolean;
  readonly positions: { readonly all: Value; readonly ahead: Value };
  readonly cos: Value;
  readonly sin: Value;
  /** [groups, members, tokens]: added to scores, 0 or what hides a token; null: none is hidden */
  readonly hiding: Value | null;
}

const groupCount = 'groups';
const members = 'members';
const rows = times(groupCount, members);
const tokens = plus('n', 1, 'm');

/**
 * Inputs: `context` [groups, members, n, 3P], `future` [groups, members, m, 3P], `positions` int64 [1, n+1+m],
 * `cos` and `sin` [n+1+m, headSize / 2], and unless the plan is `complete`, `tokens` [groups, members, n+1+m]:
 * 1, or 0 where a token is hidden.
 * Output `quantiles` [rows, quantiles, m, P] of the normalised series, rows = groups x members.
 */
export function inferenceGraph(
  config: Chronos2Config,
  plan: InferencePlan,
  weights: (graph: Graph) => Weights,
  int8: (graph: Graph) => Int8Weights = () => () => null,
): Graph {
  const graph = new Graph('chronos-2', plan);
  const { dModel, patch, layers, epsilon, quantiles, headSize } = config;
  const width = 3 * patch;
  const grouped = (name: string, count: string): Value =>
    reshape(graph.input(name, 'float32', [groupCount, members, count, width]), [rows, count, width]);
  const context = grouped('context', 'n');
  const future = grouped('future', 'm');
  const positions = graph.input('positions', 'int64', [1, tokens]);
  const [, , ahead] = split(positions, 1, ['n', 1, 'm']);
  const parts: Parts = {
    config,
    weights: weights(graph),
    int8: int8(graph),
    alone: plan.alone,
    positions: { all: expand(positions, [rows, tokens]), ahead: expand(ahead, [rows, 'm']) },
    cos: graph.input('cos', 'float32', [tokens, headSize / 2]),
    sin: graph.input('sin', 'float32', [tokens, headSize / 2]),
    hiding: plan.complete ? null : hidingOf(graph.input('tokens', 'float32', [groupCount, members, tokens])),
  };
  // neighbouring steps differ by 1/8192 in their time: 16 bits would not tell them apart
  const embed = (x: Value): Value => graph.exactly(() => residualBlock(parts, 'input_patch_embedding', x));
  // row 1 of the table is the REG token
  const reg = slice(parts.weights('shared.weight', [2, dModel]), 0, 1, 1);
  let x = concat([embed(context), expand(reshape(reg, [1, 1, dModel]), [rows, 1, dModel]), embed(future)], 1);
  const norm = (name: string): Value => parts.weights(name, [dModel]);
  let normed = fusedRmsNorm(x, norm('encoder.block.0.layer.0.layer_norm.weight'), epsilon);
  for (let i = 0; i < layers; i++) {
    const name = `encoder.block.${i}.layer`;
    const last = i === layers - 1;
    const after = last
      ? 'encoder.final_layer_norm.weight'
      : `encoder.block.${i + 1}.layer.0.layer_norm.weight`;
    const time = timeAttention(parts, `${name}.0.self_attention`, normed, last);
    if (last) [, , x] = split(x, 1, ['n', 1, 'm']);
    const one = addNormed(x, time, norm(`${name}.1.layer_norm.weight`), epsilon);
    const group = groupAttention(parts, `${name}.1.self_attention`, one.normed, last);
    const two = addNormed(one.sum, group, norm(`${name}.2.layer_norm.weight`), epsilon);
    const three = addNormed(two.sum, feedForward(parts, `${name}.2.mlp`, two.normed), norm(after), epsilon);
    x = three.sum;
    normed = three.normed;
  }
  const head = residualBlock(parts, 'output_patch_embedding', normed);
  graph.output('quantiles', transpose(reshape(head, [rows, 'm', quantiles.length, patch]), [0, 2, 1, 3]));
  return graph;
}

/** As a number that is added to scores: masks of whole numbers are not known to every provider. */
function hidingOf(shown: Value): Value {
  return mul(sub(shown, scalar(shown, 1)), scalar(shown, 1e30));
}

function residualBlock({ config, weights }: Parts, name: string, x: Value): Value {
  const { dModel, dFf, patch, quantiles } = config;
  const [from, to] = name.startsWith('input') ? [3 * patch, dModel] : [dModel, quantiles.length * patch];
  const weight = (layer: string, width: number, height: number): Value =>
    weights(`${name}.${layer}.weight`, [height, width]);
  const bias = (layer: string, height: number): Value => weights(`${name}.${layer}.bias`, [height]);
  const direct = dense(
    x,
    weight('residual_layer', from, to),
    add(bias('residual_layer', to), bias('output_layer', to)),
  );
  const hidden = { weight: weight('hidden_layer', from, dFf), bias: bias('hidden_layer', dFf) };
  return perceptron(x, hidden, weight('output_layer', dFf, to), direct);
}

/** Without bias, with weights of 8 bits where there are such. */
function linear({ weights, int8 }: Parts, name: string, x: Value, out: number, inner: number): Value {
  const small = int8(name);
  return small === null
    ? dense(x, weights(name, [out, inner]), null)
    : int8Dense(x, small.values, small.scales);
}

function feedForward(parts: Parts, name: string, x: Value): Value {
  const { config, weights, int8 } = parts;
  const { dModel, dFf } = config;
  if (int8(`${name}.wi.weight`) !== null)
    return linear(
      parts,
      `${name}.wo.weight`,
      relu(linear(parts, `${name}.wi.weight`, x, dFf, dModel)),
      dModel,
      dFf,
    );
  const hidden = { weight: weights(`${name}.wi.weight`, [dFf, dModel]), bias: null };
  return perceptron(x, hidden, weights(`${name}.wo.weight`, [dModel, dFf]), null);
}

/** @param last only the future's tokens ask */
function timeAttention(parts: Parts, name: string, x: Value, last: boolean): Value {
  const { config, positions, cos, sin, hiding } = parts;
  const { dModel, heads, headSize } = config;
  const inner = heads * headSize;
  const made = (letter: string, from: Value): Value =>
    linear(parts, `${name}.${letter}.weight`, from, inner, dModel);
  const asking = last ? split(x, 1, ['n', 1, 'm'])[2] : x;
  const query = rotary(made('q', asking), last ? positions.ahead : positions.all, cos, sin, heads);
  const key = rotary(made('k', x), positions.all, cos, sin, heads);
  const value = made('v', x);
  const bias =
    hiding && expand(reshape(hiding, [rows, 1, 1, tokens]), [rows, 1, last ? 'm' : tokens, tokens]);
  const seen = attention({ query, key, value, visible: null, ...(bias ? { bias } : {}), heads, scale: 1 });
  return linear(parts, `${name}.o.weight`, seen, dModel, inner);
}

/** Among the rows of a group, at each token by itself. */
function groupAttention(parts: Parts, name: string, x: Value, last: boolean): Value {
  const { config, weights, int8, alone } = parts;
  const { dModel, heads, headSize } = config;
  const inner = heads * headSize;
  const made = (letter: string): Value => linear(parts, `${name}.${letter}.weight`, x, inner, dModel);
  if (alone && int8(`${name}.v.weight`) !== null)
    return linear(parts, `${name}.o.weight`, made('v'), dModel, inner);
  if (alone) {
    const [o, v] = [
      weights(`${name}.o.weight`, [dModel, inner]),
      weights(`${name}.v.weight`, [inner, dModel]),
    ];
    // made once, when the graph is opened
    const both = x.graph.exactly(() => matmul(o, v));
    return dense(x, both, null);
  }
  const count = last ? 'm' : tokens;
  const across = (y: Value, width: number): Value =>
    reshape(transpose(reshape(y, [groupCount, members, count, width]), [0, 2, 1, 3]), [
      times(groupCount, count),
      members,
      width,
    ]);
  // every token of the future is seen
  const items = times(groupCount, tokens);
  const hiding = last
    ? null
    : parts.hiding && reshape(transpose(parts.hiding, [0, 2, 1]), [items, 1, 1, members]);
  const bias = hiding && expand(hiding, [items, 1, members, members]);
  const [query, key, value] = ['q', 'k', 'v'].map((letter) => across(made(letter), inner));
  const seen = attention({ query, key, value, visible: null, ...(bias ? { bias } : {}), heads, scale: 1 });
  const back = reshape(transpose(reshape(seen, [groupCount, count, members, inner]), [0, 2, 1, 3]), [
    rows,
    count,
    inner,
  ]);
  return linear(parts, `${name}.o.weight`, back, dModel, inner);
}

/** @file The graphs of training: the gradients of a batch, or of a part of it; and the loss alone, for validation. */
import type { AdamWOptions } from '../../tensor/adamw.ts';
import { differentiate } from '../../tensor/differentiate.ts';
import { Graph } from '../../tensor/graph.ts';
import type { GraphOptions, Value } from '../../tensor/graph.ts';
import { mul } from '../../tensor/ops/elementwise.ts';
import { adaptersOf } from './adapters.ts';
import type { LoraOptions } from './adapters.ts';
import type { Chronos2Config } from './config.ts';
import { quantileLoss } from './loss.ts';
import { buildNetwork, networkInputs } from './network.ts';
import type { Adapters } from './network.ts';
import { parametersOf } from './parameters.ts';

export interface TrainingOptions extends AdamWOptions {
  /** limit of the common norm of the gradients */
  readonly clip: number;
  /** only adapters of low rank are trained; absent: every weight */
  readonly lora?: LoraOptions | null;
  /** what a block makes on its way forth is not kept for its gradients, but made again: a third more work, far less memory */
  readonly recompute?: boolean;
}

/** `sizes` are those of the batch: `rows`, patches of the context `n`, and of the horizon `m`. */
export interface GraphForm extends GraphOptions {
  /** false: every row is alone in its group. What compares rows of a group then changes nothing, is not computed, and has no gradient */
  readonly grouped: boolean;
  /** gradients are those of the loss times the input `loss-scale`, a scalar */
  readonly scaled?: boolean;
}

export interface Trained {
  readonly name: string;
  readonly shape: readonly number[];
}

/** What the optimiser moves. */
export function trainedBy(config: Chronos2Config, { lora }: Pick<TrainingOptions, 'lora'>): Trained[] {
  return lora ? adaptersOf(config, lora).flatMap(({ a, b }) => [a, b]) : parametersOf(config);
}

/** Batch and weights in; `loss` and, for each name, `gradient:` out. */
export function gradientGraph(config: Chronos2Config, options: TrainingOptions, form: GraphForm): Graph {
  const graph = new Graph('chronos-2 gradients', form);
  const { loss, weights } = lossOf(graph, config, options, form.grouped);
  graph.output('loss', loss);
  const scaled = form.scaled === true ? mul(loss, graph.input('loss-scale', 'float32', [])) : loss;
  const gradients = differentiate(scaled, [...weights.values()]);
  // the last weights first: ONNX Runtime works towards what is asked for first, and on the way to the first weights it would pass
  // by all others and keep what they need
  [...weights.keys()]
    .map((name, i) => ({ name: `gradient:${name}`, gradient: gradients[i] }))
    .toReversed()
    .forEach(({ name, gradient }) => graph.output(name, gradient));
  return graph;
}

/** Batch and weights in, `loss` out. */
export function lossGraph(config: Chronos2Config, options: TrainingOptions, form: GraphForm): Graph {
  const graph = new Graph('chronos-2 loss', form);
  graph.output('loss', lossOf(graph, config, options, form.grouped).loss);
  return graph;
}

/** @returns the loss and, by name, what is trained and has a part in it */
function lossOf(
  graph: Graph,
  config: Chronos2Config,
  options: TrainingOptions,
  grouped: boolean,
): { readonly loss: Value; readonly weights: Map<string, Value> } {
  const { lora } = options;
  const adapted = new Map((lora ? adaptersOf(config, lora) : []).map((info) => [info.weight, info]));
  const values = new Map<string, Value>();
  const input = (name: string, shape: readonly number[]): Value => {
    const known = values.get(name);
    if (known !== undefined) return known;
    const value = graph.input(name, 'float32', shape);
    values.set(name, value);
    return value;
  };
  const adapter = (name: string): ReturnType<Adapters> => {
    const info = adapted.get(name);
    if (!lora || info === undefined) return null;
    return {
      a: input(info.a.name, info.a.shape),
      b: input(info.b.name, info.b.shape),
      scale: lora.alpha / lora.rank,
    };
  };
  const { recompute = false } = options;
  const output = buildNetwork(config, networkInputs(graph, config, grouped), input, adapter, { recompute });
  const shape = ['rows', 'm', config.patch];
  const loss = quantileLoss(
    output,
    graph.input('target', 'float32', shape),
    graph.input('mask', 'float32', shape),
    config.quantiles,
  );
  const trained = trainedBy(config, options).flatMap(({ name }) => {
    const value = values.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { loss, weights: new Map(trained) };
}

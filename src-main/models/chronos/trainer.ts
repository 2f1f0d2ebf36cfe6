/**
 * @file Training of Chronos-2: forward pass, loss, gradients, clipping and AdamW are one graph; the weights and the
 * optimiser's state go in and come out of every step.
 */
import { adamw, clipped, gradientNorm } from '../../tensor/adamw.ts';
import type { AdamWOptions } from '../../tensor/adamw.ts';
import { differentiate } from '../../tensor/differentiate.ts';
import { Graph } from '../../tensor/graph.ts';
import type { Value } from '../../tensor/graph.ts';
import { Tensor, openSession } from '../../tensor/session.ts';
import type { InferenceSession } from '../../tensor/session.ts';
import { adaptersOf } from './adapters.ts';
import type { LoraOptions } from './adapters.ts';
import type { Chronos2Config } from './config.ts';
import { normalised, rotaryTables } from './encode.ts';
import type { EncodedBatch } from './encode.ts';
import { quantileLoss } from './loss.ts';
import { buildNetwork, networkInputs } from './network.ts';
import { parametersOf } from './parameters.ts';

export interface TrainerOptions extends AdamWOptions {
  /** limit of the common norm of the gradients */
  readonly clip: number;
  /** only adapters of low rank are trained; absent: every weight */
  readonly lora?: LoraOptions | null;
  readonly session?: InferenceSession.SessionOptions;
}

export interface TrainerState {
  /** steps made */
  readonly step: number;
  /** by name, shapes as {@link parametersOf} and, with `lora`, {@link adaptersOf} */
  readonly weights: ReadonlyMap<string, Float32Array>;
  /** of what is trained; empty at the beginning */
  readonly means: ReadonlyMap<string, Float32Array>;
  readonly squares: ReadonlyMap<string, Float32Array>;
}

/** What is to be forecast, on the scale of the series: rows x steps; NaN is not scored, known futures never are. */
export type Targets = readonly (Float32Array | Float64Array | null)[];

export class Trainer {
  readonly #config: Chronos2Config;
  readonly #session: InferenceSession;
  readonly #options: TrainerOptions;
  /** what a step changes */
  readonly #tensors = new Map<string, Tensor>();
  /** weights below adapters */
  readonly #frozen = new Map<string, Tensor>();
  #step: number;

  private constructor(config: Chronos2Config, session: InferenceSession, options: TrainerOptions, step: number) {
    this.#config = config;
    this.#session = session;
    this.#options = options;
    this.#step = step;
  }

  static async open(config: Chronos2Config, state: TrainerState, options: TrainerOptions): Promise<Trainer> {
    const session = await openSession(trainingGraph(config, options), options.session);
    const trainer = new Trainer(config, session, options, state.step);
    const tensor = ({ shape }: Trained, values: Float32Array | undefined): Tensor =>
      new Tensor('float32', values ?? new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
    const trained = trainedBy(config, options);
    for (const one of trained) {
      trainer.#tensors.set(one.name, tensor(one, state.weights.get(one.name)));
      trainer.#tensors.set(`mean:${one.name}`, tensor(one, state.means.get(one.name)));
      trainer.#tensors.set(`square:${one.name}`, tensor(one, state.squares.get(one.name)));
    }
    for (const one of parametersOf(config))
      if (!trainer.#tensors.has(one.name)) trainer.#frozen.set(one.name, tensor(one, state.weights.get(one.name)));
    return trainer;
  }

  get steps(): number {
    return this.#step;
  }

  /** One step. @returns loss before it, and the norm of its gradients before they were clipped */
  async step(batch: EncodedBatch, targets: Targets, rate: number): Promise<{ readonly loss: number; readonly norm: number }> {
    this.#step++;
    const { beta1, beta2 } = this.#options;
    const scalar = (value: number): Tensor => new Tensor('float32', [value], []);
    const out = await this.#session.run({
      ...feedsOf(this.#config, batch, true),
      ...targetFeeds(this.#config, batch, targets),
      ...Object.fromEntries(this.#frozen),
      ...Object.fromEntries(this.#tensors),
      rate: scalar(rate),
      correction1: scalar(1 - beta1 ** this.#step),
      correction2: scalar(1 - beta2 ** this.#step),
    });
    for (const name of this.#tensors.keys()) this.#tensors.set(name, out[`after:${name}`] as Tensor);
    const number = (name: string): number => (out[name].data as Float32Array)[0];
    return { loss: number('loss'), norm: number('norm') };
  }

  /** What is trained and the optimiser's state, as they are; arrays are shared with the trainer until its next step. */
  state(): TrainerState {
    const of = (prefix: string): Map<string, Float32Array> =>
      new Map(
        trainedBy(this.#config, this.#options).map(({ name }) => [
          name,
          (this.#tensors.get(prefix + name) as Tensor).data as Float32Array,
        ]),
      );
    return { step: this.#step, weights: of(''), means: of('mean:'), squares: of('square:') };
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

interface Trained {
  readonly name: string;
  readonly shape: readonly number[];
}

/** What the optimiser moves. */
function trainedBy(config: Chronos2Config, { lora }: TrainerOptions): Trained[] {
  return lora ? adaptersOf(config, lora).flatMap(({ a, b }) => [a, b]) : parametersOf(config);
}

/** What the network reads, as tensors. */
export function feedsOf(config: Chronos2Config, batch: EncodedBatch, grouped: boolean): Record<string, Tensor> {
  const { rows, contextPatches: n, outputPatches: m } = batch;
  const tokens = n + 1 + m;
  const { cos, sin } = rotaryTables(tokens, config.headSize, config.ropeTheta);
  return {
    context: new Tensor('float32', batch.context, [rows, n, 3 * config.patch]),
    future: new Tensor('float32', batch.future, [rows, m, 3 * config.patch]),
    tokens: new Tensor('float32', batch.tokens, [rows, tokens]),
    cos: new Tensor('float32', cos, [tokens, config.headSize]),
    sin: new Tensor('float32', sin, [tokens, config.headSize]),
    ...(grouped ? { groups: new Tensor('int32', batch.groups, [rows]) } : {}),
  };
}

/** Targets on the normalised scale and which of them are scored, as tensors. */
export function targetFeeds(config: Chronos2Config, batch: EncodedBatch, targets: Targets): Record<string, Tensor> {
  const steps = batch.outputPatches * config.patch;
  const target = new Float32Array(batch.rows * steps);
  const mask = new Float32Array(batch.rows * steps);
  targets.forEach((row, r) => {
    row?.forEach((value, i) => {
      const patch = r * batch.outputPatches + Math.floor(i / config.patch);
      const known = batch.future[patch * 3 * config.patch + 2 * config.patch + (i % config.patch)] === 1;
      if (Number.isNaN(value) || known) return;
      target[r * steps + i] = normalised(value, batch.loc[r], batch.scale[r], config.arcsinh);
      mask[r * steps + i] = 1;
    });
  });
  const dims = [batch.rows, batch.outputPatches, config.patch];
  return { target: new Tensor('float32', target, dims), mask: new Tensor('float32', mask, dims) };
}

function trainingGraph(config: Chronos2Config, options: TrainerOptions): Graph {
  const graph = new Graph('chronos-2 training');
  const { lora } = options;
  const adapted = new Map((lora ? adaptersOf(config, lora) : []).map((info) => [info.weight, info]));
  const values = new Map<string, Value>();
  const input = (name: string, shape: readonly number[]): Value => {
    const value = graph.input(name, 'float32', shape);
    values.set(name, value);
    return value;
  };
  const output = buildNetwork(config, networkInputs(graph, config, true), input, (name) => {
    const info = adapted.get(name);
    if (!lora || info === undefined) return null;
    return { a: input(info.a.name, info.a.shape), b: input(info.b.name, info.b.shape), scale: lora.alpha / lora.rank };
  });
  const weights = new Map(trainedBy(config, options).map(({ name }) => [name, values.get(name)!]));
  const shape = ['rows', 'm', config.patch];
  const loss = quantileLoss(output, graph.input('target', 'float32', shape), graph.input('mask', 'float32', shape), config.quantiles);
  const gradients = differentiate(loss, [...weights.values()]);
  const norm = gradientNorm(gradients);
  graph.output('loss', loss);
  graph.output('norm', norm);
  const [rate, correction1, correction2] = ['rate', 'correction1', 'correction2'].map((name) => graph.input(name, 'float32', []));
  const limited = clipped(gradients, norm, options.clip);
  [...weights].forEach(([name, weight], i) => {
    const state = {
      weight,
      mean: graph.input(`mean:${name}`, 'float32', weight.shape),
      square: graph.input(`square:${name}`, 'float32', weight.shape),
    };
    // biases and norms are not pulled to zero
    const decay = weight.rank > 1 ? options.weightDecay : 0;
    const after = adamw(state, limited[i], rate, correction1, correction2, { ...options, weightDecay: decay });
    graph.output(`after:${name}`, after.weight);
    graph.output(`after:mean:${name}`, after.mean);
    graph.output(`after:square:${name}`, after.square);
  });
  return graph;
}

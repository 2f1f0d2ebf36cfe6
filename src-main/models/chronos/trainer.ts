/**
 * @file Training of Chronos-2 step by step. Weights and the optimiser's state go into the graph of a step and come out of it, so they
 * are in nobody's hands but the trainer's.
 */
import { Tensor, openSession } from '../../tensor/session.ts';
import type { InferenceSession, SessionOptions } from '../../tensor/session.ts';
import type { Chronos2Config } from './config.ts';
import { normalised, rotaryTables } from './encode.ts';
import type { EncodedBatch } from './encode.ts';
import { parametersOf } from './parameters.ts';
import { applyGraph, gradientGraph, lossGraph, stepGraph, trainedBy } from './training-graphs.ts';
import type { Trained, TrainingOptions } from './training-graphs.ts';

export interface TrainerOptions extends TrainingOptions {
  readonly session?: SessionOptions;
  /** how a graph becomes a session; default: ONNX Runtime on this machine */
  readonly open?: typeof openSession;
}

export interface TrainerState {
  /** steps made */
  readonly step: number;
  /** by name, shapes as {@link parametersOf} and, with `lora`, `adaptersOf` */
  readonly weights: ReadonlyMap<string, Float32Array>;
  /** of what is trained; empty at the beginning */
  readonly means: ReadonlyMap<string, Float32Array>;
  readonly squares: ReadonlyMap<string, Float32Array>;
}

/** What is to be forecast, on the scale of the series: rows x steps; NaN is not scored, known futures never are. */
export type Targets = readonly (Float32Array | Float64Array | null)[];

/** Rows whose forecasts are scored together. */
export interface TrainingBatch {
  readonly batch: EncodedBatch;
  readonly targets: Targets;
  /** how much each row counts; default: all the same */
  readonly weights?: readonly number[];
}

const graphs = { step: stepGraph, gradient: gradientGraph, apply: applyGraph, loss: lossGraph } as const;
type GraphName = keyof typeof graphs;

const scalar = (value: number): Tensor => new Tensor('float32', [value], []);
const numberOf = (tensor: Tensor): number => (tensor.data as Float32Array)[0];

export class Trainer {
  readonly #config: Chronos2Config;
  readonly #options: TrainerOptions;
  readonly #trained: readonly Trained[];
  /** opened when first needed: most trainings need one of them */
  readonly #sessions = new Map<GraphName, Promise<InferenceSession>>();
  /** what a step changes */
  readonly #tensors = new Map<string, Tensor>();
  /** weights below adapters */
  readonly #frozen = new Map<string, Tensor>();
  #step: number;

  constructor(config: Chronos2Config, state: TrainerState, options: TrainerOptions) {
    this.#config = config;
    this.#options = options;
    this.#trained = trainedBy(config, options);
    this.#step = state.step;
    const tensor = ({ shape }: Trained, values: Float32Array | undefined): Tensor =>
      new Tensor('float32', values ?? new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
    for (const one of this.#trained) {
      this.#tensors.set(one.name, tensor(one, state.weights.get(one.name)));
      this.#tensors.set(`mean:${one.name}`, tensor(one, state.means.get(one.name)));
      this.#tensors.set(`square:${one.name}`, tensor(one, state.squares.get(one.name)));
    }
    for (const one of parametersOf(config))
      if (!this.#tensors.has(one.name)) this.#frozen.set(one.name, tensor(one, state.weights.get(one.name)));
  }

  get steps(): number {
    return this.#step;
  }

  /**
   * One step.
   * @param parts together the batch: gradients of several are added up before the step, as if their rows stood in one
   * @returns loss before it, and the norm of its gradients before they were clipped
   */
  async step(parts: readonly TrainingBatch[], rate: number): Promise<{ readonly loss: number; readonly norm: number }> {
    const { beta1, beta2 } = this.#options;
    const step = this.#step + 1;
    const rates = { rate: scalar(rate), correction1: scalar(1 - beta1 ** step), correction2: scalar(1 - beta2 ** step) };
    const [only] = parts;
    if (parts.length === 1) {
      const out = await this.#run('step', { ...this.#feeds(only), ...Object.fromEntries(this.#tensors), ...rates });
      this.#take(out, step);
      return { loss: numberOf(out['loss']), norm: numberOf(out['norm']) };
    }
    const { loss, sums } = await this.#gradients(parts);
    const out = await this.#run('apply', { ...sums, ...Object.fromEntries(this.#tensors), ...rates });
    this.#take(out, step);
    return { loss, norm: numberOf(out['norm']) };
  }

  /** Loss of a batch with the weights as they are. */
  async loss(batch: TrainingBatch): Promise<number> {
    const { loss } = await this.#run('loss', { ...this.#feeds(batch), ...this.#weights() });
    return numberOf(loss);
  }

  /** What is trained and the optimiser's state, as they are; arrays are shared with the trainer until its next step. */
  state(): TrainerState {
    const of = (prefix: string): Map<string, Float32Array> =>
      new Map(this.#trained.map(({ name }) => [name, (this.#tensors.get(prefix + name) as Tensor).data as Float32Array]));
    return { step: this.#step, weights: of(''), means: of('mean:'), squares: of('square:') };
  }

  /** Gives the memory of the sessions back; the next step opens them again. */
  async close(): Promise<void> {
    const open = await Promise.allSettled(this.#sessions.values());
    this.#sessions.clear();
    for (const session of open) if (session.status === 'fulfilled') await session.value.release();
  }

  /** Gradients of all parts, each by its share of the rows, by `sum:` and name. */
  async #gradients(parts: readonly TrainingBatch[]): Promise<{ loss: number; sums: Record<string, Tensor> }> {
    const rows = parts.reduce((total, { batch }) => total + batch.rows, 0);
    let loss = 0;
    let sums: Record<string, Tensor> = Object.fromEntries(
      this.#trained.map(({ name, shape }) => [
        `sum:${name}`,
        new Tensor('float32', new Float32Array(shape.reduce((a, b) => a * b, 1)), shape),
      ]),
    );
    for (const part of parts) {
      const share = part.batch.rows / rows;
      const feeds = { ...this.#feeds(part), ...this.#weights(), share: scalar(share) };
      const out = await this.#run('gradient', { ...feeds, ...sums });
      loss += share * numberOf(out['loss']);
      sums = Object.fromEntries(this.#trained.map(({ name }) => [`sum:${name}`, out[`summed:${name}`]]));
    }
    return { loss, sums };
  }

  #take(out: Readonly<Record<string, Tensor>>, step: number): void {
    for (const name of this.#tensors.keys()) this.#tensors.set(name, out[`after:${name}`]);
    this.#step = step;
  }

  #weights(): Record<string, Tensor> {
    return Object.fromEntries(this.#trained.map(({ name }) => [name, this.#tensors.get(name) as Tensor]));
  }

  /** The batch, and the weights that no step changes. */
  #feeds({ batch, targets, weights }: TrainingBatch): Record<string, Tensor> {
    return {
      ...feedsOf(this.#config, batch, true),
      ...targetFeeds(this.#config, batch, targets, weights),
      ...Object.fromEntries(this.#frozen),
    };
  }

  async #run(name: GraphName, feeds: Record<string, Tensor>): Promise<Record<string, Tensor>> {
    const known = this.#sessions.get(name);
    const session = known ?? (this.#options.open ?? openSession)(graphs[name](this.#config, this.#options), this.#options.session);
    this.#sessions.set(name, session);
    return (await (await session).run(feeds)) as Record<string, Tensor>;
  }
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
export function targetFeeds(
  config: Chronos2Config,
  batch: EncodedBatch,
  targets: Targets,
  weights?: readonly number[],
): Record<string, Tensor> {
  const steps = batch.outputPatches * config.patch;
  const target = new Float32Array(batch.rows * steps);
  const mask = new Float32Array(batch.rows * steps);
  targets.forEach((row, r) => {
    row?.forEach((value, i) => {
      const patch = r * batch.outputPatches + Math.floor(i / config.patch);
      const known = batch.future[patch * 3 * config.patch + 2 * config.patch + (i % config.patch)] === 1;
      if (Number.isNaN(value) || known) return;
      target[r * steps + i] = normalised(value, batch.loc[r], batch.scale[r], config.arcsinh);
      mask[r * steps + i] = weights?.[r] ?? 1;
    });
  });
  const dims = [batch.rows, batch.outputPatches, config.patch];
  return { target: new Tensor('float32', target, dims), mask: new Tensor('float32', mask, dims) };
}

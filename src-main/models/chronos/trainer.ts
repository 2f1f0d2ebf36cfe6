/**
 * @file Training of Chronos-2 step by step. Gradients come out of a graph; weights and the optimiser's state are changed in place, once all of a
 * step is there, so a step that fails leaves them as they were.
 */
import { LossScale } from '../../tensor/loss-scale.ts';
import type { LossScaleState } from '../../tensor/loss-scale.ts';
import { availableParallelism } from 'node:os';
import { steadyColumns, steadyThreads } from '../../tensor/ops/linear.ts';
import { Optimiser, accumulate, clipFactor } from '../../tensor/optimiser.ts';
import type { AdamWArrays } from '../../tensor/optimiser.ts';
import type { Graph, GraphOptions } from '../../tensor/graph.ts';
import { Tensor, openSession } from '../../tensor/session.ts';
import type { InferenceSession, SessionOptions } from '../../tensor/session.ts';
import type { Chronos2Config } from './config.ts';
import { normalised, rotaryTables } from './encode.ts';
import type { EncodedBatch } from './encode.ts';
import { parametersOf } from './parameters.ts';
import { gradientGraph, lossGraph, trainedBy } from './training-graphs.ts';
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
  /** with products of 16 bits */
  readonly lossScale?: LossScaleState;
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

const graphs = { gradient: gradientGraph, loss: lossGraph } as const;
type GraphName = keyof typeof graphs;

interface Opened {
  readonly session: Promise<InferenceSession>;
  readonly outputs: ReadonlySet<string>;
}

const numberOf = (tensor: Tensor): number => (tensor.data as Float32Array)[0];
const sizeOf = ({ shape }: Trained): number => shape.reduce((a, b) => a * b, 1);

export class Trainer {
  readonly #config: Chronos2Config;
  #options: TrainerOptions;
  readonly #trained: readonly Trained[];
  /** opened when first needed; batches whose rows are all alone, and those with few rows, have graphs of their own */
  readonly #sessions = new Map<string, Opened>();
  /** columns of products, where their form depends on the rows */
  readonly #widths: readonly number[];
  readonly #optimiser: Optimiser;
  /** what a step changes; the trainer's own copies, in the order of `#trained` */
  readonly #state: readonly AdamWArrays[];
  /** all weights, as the graphs read them: those of the state, and those below adapters */
  readonly #weights: Record<string, Tensor> = {};
  /** where ONNX Runtime writes the gradients of a batch that is whole (onnxruntime-node makes copies besides, which are dropped) */
  readonly #gradients: Record<string, Tensor> = {};
  /** null: products have 32 bits, and gradients are taken as they are */
  readonly #scale: LossScale | null;
  #step: number;

  constructor(config: Chronos2Config, state: TrainerState, options: TrainerOptions) {
    this.#config = config;
    const threads = Math.min(options.session?.intraOpNumThreads ?? availableParallelism(), steadyThreads);
    this.#options = { ...options, session: { ...options.session, intraOpNumThreads: threads } };
    this.#trained = trainedBy(config, options);
    this.#widths = [
      ...new Set([...parametersOf(config), ...this.#trained].flatMap(({ shape }) => shape)),
    ].filter((width) => width < steadyColumns);
    this.#step = state.step;
    this.#scale = options.session?.device?.half === true ? new LossScale(state.lossScale) : null;
    this.#optimiser = new Optimiser(
      // biases and norms are not pulled to zero
      this.#trained.map((one) => ({ length: sizeOf(one), decays: one.shape.length > 1 })),
      threads,
    );
    this.#state = this.#optimiser.arrays;
    this.#trained.forEach(({ name, shape }, i) => {
      const { weight, mean, square, gradient } = this.#state[i];
      weight.set(state.weights.get(name) ?? []);
      mean.set(state.means.get(name) ?? []);
      square.set(state.squares.get(name) ?? []);
      this.#weights[name] = new Tensor('float32', weight, shape);
      this.#gradients[`gradient:${name}`] = new Tensor('float32', gradient, shape);
    });
    for (const one of parametersOf(config))
      this.#weights[one.name] ??= new Tensor(
        'float32',
        state.weights.get(one.name) ?? new Float32Array(sizeOf(one)),
        one.shape,
      );
  }

  get steps(): number {
    return this.#step;
  }

  /**
   * One step.
   * @param parts together the batch: gradients of several are added up before the step, as if their rows stood in one
   * @returns loss before it, and the norm of its gradients before they were clipped
   */
  async step(
    parts: readonly TrainingBatch[],
    rate: number,
  ): Promise<{ readonly loss: number; readonly norm: number }> {
    const { loss, norm, scale } = await this.#gradientsOf(parts);
    const step = this.#step + 1;
    const factor = clipFactor(norm, this.#options.clip) / scale;
    this.#optimiser.step({ factor, rate, step }, this.#options);
    this.#step = step;
    return { loss, norm };
  }

  /** Loss of a batch with the weights as they are. */
  async loss(batch: TrainingBatch): Promise<number> {
    const { loss } = await this.#run('loss', batch);
    const value = numberOf(loss);
    return Number.isFinite(value) || !this.#leaveHalf() ? value : await this.loss(batch);
  }

  /** What is trained and the optimiser's state, as they are; arrays are the trainer's own and change with the next step. */
  state(): TrainerState {
    const of = (kind: 'weight' | 'mean' | 'square'): Map<string, Float32Array> =>
      new Map(this.#trained.map(({ name }, i) => [name, this.#state[i][kind]]));
    const scale = this.#scale === null ? {} : { lossScale: this.#scale.state };
    return { step: this.#step, weights: of('weight'), means: of('mean'), squares: of('square'), ...scale };
  }

  /** Goes on with these weights in place of its own. */
  take(weights: ReadonlyMap<string, Float32Array>): void {
    this.#trained.forEach(({ name }, i) => this.#state[i].weight.set(weights.get(name) ?? []));
  }

  /** Gives the memory of the sessions back; the next step opens them again. */
  async close(): Promise<void> {
    const open = await Promise.allSettled([...this.#sessions.values()].map(({ session }) => session));
    this.#sessions.clear();
    await this.#optimiser.close();
    for (const session of open) if (session.status === 'fulfilled') await session.value.release();
  }

  /**
   * Gives the memory of the sessions back, and from now on makes activations again instead of keeping them.
   * @returns false: it does so already
   */
  async spare(): Promise<boolean> {
    await this.close();
    if (this.#options.recompute === true) return false;
    this.#options = { ...this.#options, recompute: true };
    return true;
  }

  /** Leaves a card whose memory is too small, and gives that of the sessions back. @returns false on the processor, which is left for nothing */
  async leaveCard(reason: unknown): Promise<boolean> {
    const { device } = this.#options.session ?? {};
    if (device === undefined || device.provider === 'cpu') return false;
    await this.close();
    device.fail(reason);
    return true;
  }

  /**
   * Fills the gradients, `scale` times what they are. Where numbers of 16 bits end in infinities they are made again with half the
   * scale, and at last in 32 bits.
   */
  async #gradientsOf(
    parts: readonly TrainingBatch[],
  ): Promise<{ loss: number; norm: number; scale: number }> {
    for (;;) {
      const scale = this.#scale?.value ?? 1;
      const loss = await this.#differentiate(parts);
      const norm = this.#optimiser.norm() / scale;
      if (Number.isFinite(loss) && Number.isFinite(norm)) {
        this.#scale?.good();
        return { loss, norm, scale };
      }
      // a loss that is no number is not the scale's fault
      const smaller = this.#half && Number.isFinite(loss) && this.#scale!.halve();
      if (!smaller && !this.#leaveHalf()) return { loss, norm, scale };
    }
  }

  get #half(): boolean {
    return this.#scale !== null && this.#options.session?.device?.half === true;
  }

  /** @returns false: products have 32 bits already */
  #leaveHalf(): boolean {
    if (!this.#half) return false;
    this.#options.session!.device!.leaveHalf('the loss is no number: 16 bits end at 65504', true);
    return true;
  }

  /** Fills the gradients: of all parts, each by its share of the rows. @returns the loss, likewise */
  async #differentiate(parts: readonly TrainingBatch[]): Promise<number> {
    const whole = parts.length === 1;
    const rows = parts.reduce((total, { batch }) => total + batch.rows, 0);
    const outputs = new Set(parts.flatMap((part) => [...this.#opened('gradient', part.batch).outputs]));
    this.#trained.forEach(({ name }, i) => {
      if (!whole || !outputs.has(`gradient:${name}`)) this.#state[i].gradient.fill(0);
    });
    let loss = 0;
    for (const part of parts) {
      const share = part.batch.rows / rows;
      const out = await this.#run('gradient', part, whole ? { loss: null, ...this.#gradients } : undefined);
      loss += share * numberOf(out['loss']);
      if (whole) break;
      this.#trained.forEach(({ name }, i) => {
        const made = out[`gradient:${name}`];
        if (made !== undefined) accumulate(this.#state[i].gradient, made.data as Float32Array, share);
      });
    }
    return loss;
  }

  #opened(name: GraphName, { groups, rows, contextPatches: n, outputPatches: m }: EncodedBatch): Opened {
    const grouped = new Set(groups).size < groups.length;
    const few = [n, m, n + 1 + m].map(
      (patches) => this.#widths.filter((width) => width > rows * patches).length,
    );
    const key = [name, grouped, ...few].join(' ');
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    const sizes = new Map(Object.entries({ rows, n, m }));
    const scaled = this.#scale !== null;
    const make = (form: GraphOptions): Graph =>
      graphs[name](this.#config, this.#options, { ...form, grouped, scaled, sizes });
    const graph = make({});
    const session = (this.#options.open ?? openSession)(
      this.#scale === null ? graph : make,
      this.#options.session,
    );
    const opened = { session, outputs: graph.outputNames };
    this.#sessions.set(key, opened);
    return opened;
  }

  /** @param fetches what is asked for, and where it is to be written; default: everything, in new arrays */
  async #run(
    name: GraphName,
    { batch, targets, weights }: TrainingBatch,
    fetches?: Record<string, Tensor | null>,
  ): Promise<Record<string, Tensor>> {
    const session = await this.#opened(name, batch).session;
    const feeds = {
      ...feedsOf(this.#config, batch, true),
      ...targetFeeds(this.#config, batch, targets, weights),
      ...this.#weights,
      ...(name === 'gradient' && this.#scale !== null
        ? { 'loss-scale': new Tensor('float32', Float32Array.of(this.#scale.value), []) }
        : {}),
    };
    return (await (fetches === undefined ? session.run(feeds) : session.run(feeds, fetches))) as Record<
      string,
      Tensor
    >;
  }
}

/** What the network reads, as tensors. */
export function feedsOf(
  config: Chronos2Config,
  batch: EncodedBatch,
  grouped: boolean,
): Record<string, Tensor> {
  const { rows, contextPatches: n, outputPatches: m } = batch;
  const tokens = n + 1 + m;
  const { cos, sin } = rotaryTables(tokens, config.headSize, config.ropeTheta);
  return {
    context: new Tensor('float32', batch.context, [rows, n, 3 * config.patch]),
    future: new Tensor('float32', batch.future, [rows, m, 3 * config.patch]),
    tokens: new Tensor('float32', batch.tokens, [rows, tokens]),
    positions: new Tensor(
      'int64',
      BigInt64Array.from({ length: tokens }, (_, i) => BigInt(i)),
      [1, tokens],
    ),
    cos: new Tensor('float32', cos, [tokens, config.headSize / 2]),
    sin: new Tensor('float32', sin, [tokens, config.headSize / 2]),
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

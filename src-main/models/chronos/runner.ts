/** @file A Chronos-2 checkpoint in ONNX Runtime: encoded rows in, quantiles in the unit of the series out. */
import { bytesOf } from '../../tensor/bytes.ts';
import type { Graph, GraphOptions } from '../../tensor/graph.ts';
import { Tensor, openSession } from '../../tensor/session.ts';
import type { InferenceSession, SessionOptions } from '../../tensor/session.ts';
import { atPlace, weightsOf } from '../../tensor/stored.ts';
import type { StoredTensors } from '../../tensor/stored.ts';
import type { Chronos2Config } from './config.ts';
import { denormalise, rotaryTables } from './encode.ts';
import type { EncodedBatch } from './encode.ts';
import { inferenceGraph } from './inference-network.ts';
import type { InferencePlan, Int8Weights } from './inference-network.ts';
import type { Int8Weight } from './int8.ts';

export interface Checkpoint extends StoredTensors {
  readonly config: Chronos2Config;
  /** matrices that are there in 8 bits; their tensors are not read then */
  readonly int8?: ReadonlyMap<string, Int8Weight>;
}

export class Chronos2Runner {
  readonly config: Chronos2Config;
  readonly #checkpoint: Checkpoint;
  readonly #options: SessionOptions;
  readonly #open: typeof openSession;
  /** by whether every row is a group of its own */
  readonly #sessions = new Map<
    boolean,
    { readonly plan: InferencePlan; readonly session: Promise<InferenceSession> }
  >();

  /**
   * @param options device, threads
   * @param open how a graph becomes a session
   */
  constructor(checkpoint: Checkpoint, options: SessionOptions = {}, open = openSession) {
    this.config = checkpoint.config;
    this.#checkpoint = checkpoint;
    this.#options = options;
    this.#open = open;
  }

  /**
   * @param batch rows in groups of `members`, one group after the other
   * @returns rows x quantiles x (output patches x P)
   */
  async run(batch: EncodedBatch, members: number): Promise<Float32Array> {
    const { device } = this.#options;
    for (;;) {
      const { session, complete } = await this.#session(members === 1, !batch.tokens.includes(0));
      const { quantiles } = await session.run(this.#feeds(batch, members, complete));
      const values = quantiles.data as Float32Array;
      if (device?.half !== true || values.every(Number.isFinite))
        return denormalise(values, batch.loc, batch.scale, this.config.arcsinh);
      device.leaveHalf('a forecast is no number: 16 bits end at 65504', true);
    }
  }

  /** Gives memory back; the next run opens sessions again. */
  async close(): Promise<void> {
    const open = await Promise.allSettled([...this.#sessions.values()].map(({ session }) => session));
    this.#sessions.clear();
    for (const session of open) if (session.status === 'fulfilled') await session.value.release();
  }

  /** Leaves a card whose memory is too small. @returns false on the processor, which is left for nothing */
  leaveCard(reason: unknown): boolean {
    const { device } = this.#options;
    if (!this.onCard) return false;
    device!.fail(reason);
    return true;
  }

  /** On a graphics card, as far as is known. */
  get onCard(): boolean {
    return (this.#options.device?.provider ?? 'cpu') !== 'cpu';
  }

  /** Bytes, of the card or the machine; infinite: not known. */
  get freeMemory(): number {
    return this.#options.freeMemory?.(this.onCard) ?? Infinity;
  }

  /** One that allows for hidden tokens serves rows without them too: a second one would hold the weights again. */
  async #session(
    alone: boolean,
    complete: boolean,
  ): Promise<{ session: InferenceSession; complete: boolean }> {
    const known = this.#sessions.get(alone);
    if (known !== undefined && (complete || !known.plan.complete))
      return { session: await known.session, complete: known.plan.complete };
    await (await known?.session)?.release();
    const { config, folder } = this.#checkpoint;
    const plan = { alone, complete };
    const graph = (form: GraphOptions): Graph =>
      inferenceGraph(config, { ...plan, ...form }, weightsOf(this.#checkpoint), (made) => this.#int8(made));
    const session = this.#open(graph, atPlace(this.#options, folder));
    this.#sessions.set(alone, { plan, session });
    session.catch(() => this.#sessions.delete(alone));
    return { session: await session, complete };
  }

  #int8(graph: Graph): Int8Weights {
    const known = new Map<string, ReturnType<Int8Weights>>();
    const stored = (name: string): ReturnType<Int8Weights> => {
      const weight = this.#checkpoint.int8?.get(name);
      if (weight === undefined) return null;
      const { values, scales, inner, out } = weight;
      return {
        values: graph.stored(name, { type: 'int8', dims: [inner, out], data: bytesOf(values) }),
        scales: graph.stored(`${name}:scales`, { type: 'float32', dims: [out], data: bytesOf(scales) }),
      };
    };
    return (name) => {
      const value = known.get(name) ?? stored(name);
      known.set(name, value);
      return value;
    };
  }

  #feeds(batch: EncodedBatch, members: number, complete: boolean): Record<string, Tensor> {
    const { rows, contextPatches: n, outputPatches: m } = batch;
    const { patch, headSize, ropeTheta } = this.config;
    const groups = rows / members;
    const tokens = n + 1 + m;
    const { cos, sin } = rotaryTables(tokens, headSize, ropeTheta);
    return {
      context: new Tensor('float32', batch.context, [groups, members, n, 3 * patch]),
      future: new Tensor('float32', batch.future, [groups, members, m, 3 * patch]),
      ...(complete ? {} : { tokens: new Tensor('float32', batch.tokens, [groups, members, tokens]) }),
      positions: new Tensor(
        'int64',
        BigInt64Array.from({ length: tokens }, (_, i) => BigInt(i)),
        [1, tokens],
      ),
      cos: new Tensor('float32', cos, [tokens, headSize / 2]),
      sin: new Tensor('float32', sin, [tokens, headSize / 2]),
    };
  }
}

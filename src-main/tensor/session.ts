/** @file Running a graph in ONNX Runtime, on a device that may fail. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { attentionError, mostAttentionError, usesAttention } from './attention-check.ts';
import type { TensorDevice } from './device.ts';
import type { Graph, GraphOptions } from './graph.ts';
import { encodeOnnx } from './onnx/encode.ts';
import type { OnnxModel } from './onnx/model.ts';
import { isOutOfMemory } from './out-of-memory.ts';

/** As ONNX Runtime names them, and where graphs run. */
export interface SessionOptions extends InferenceSession.SessionOptions {
  /** absent: the processor, unless `executionProviders` says otherwise */
  readonly device?: TensorDevice;
  /** bytes that are free now, on the card or on the machine; absent, infinite: not known. Decides how much is computed at once */
  readonly freeMemory?: (onCard: boolean) => number;
}

/** A graph, or how it is made as devices ask for it; inputs and outputs are the same. */
export type GraphSource = Graph | ((form: GraphOptions) => Graph);

const modelOf = (source: GraphSource, form: GraphOptions): OnnxModel =>
  (typeof source === 'function' ? source(form) : source).toOnnx();

/** @param options threads, optimisation, and the device, which several sessions share and which knows of 16 bits */
export async function openSession(
  source: GraphSource,
  { device, freeMemory: _, ...options }: SessionOptions = {},
): Promise<InferenceSession> {
  if (device === undefined) return create(modelOf(source, {}), options);
  const session = new MovingSession(source, options, device);
  await session.open();
  return session;
}

const create = (model: OnnxModel, options: InferenceSession.SessionOptions): Promise<InferenceSession> =>
  InferenceSession.create(encodeOnnx(model), { logSeverityLevel: 3, ...options });

/**
 * A session on a device. Where that fails, the same work is done in 32 bits if it was to have 16, then by the next one, the
 * processor in the end. Only a run that finds too little memory is given back to the caller, who may try a smaller one.
 */
class MovingSession implements InferenceSession {
  readonly #source: GraphSource;
  readonly #options: InferenceSession.SessionOptions;
  readonly #device: TensorDevice;
  #session: InferenceSession | null = null;
  /** the device's provider when the session was opened, and whether in 16 bits */
  #provider: string | null = null;
  #half = false;

  constructor(source: GraphSource, options: InferenceSession.SessionOptions, device: TensorDevice) {
    this.#source = source;
    this.#options = options;
    this.#device = device;
  }

  async open(): Promise<InferenceSession> {
    const device = this.#device;
    // another session of the device may have moved it
    while (this.#session === null || this.#provider !== device.provider || this.#half !== this.#inHalf) {
      await this.release();
      device.begin();
      const { provider } = device;
      const half = this.#inHalf;
      try {
        const model = await this.#model(half);
        this.#session = await create(model, { ...this.#options, ...device.options() });
        this.#provider = provider;
        this.#half = half;
      } catch (thrown) {
        this.#fail(thrown, provider, half);
      }
    }
    return this.#session;
  }

  /** In the form that the device is right with. @throws what the check of the device throws */
  async #model(half: boolean): Promise<OnnxModel> {
    const model = modelOf(this.#source, { halfProducts: half });
    const device = this.#device;
    if (device.provider === 'cpu' || typeof this.#source !== 'function' || !usesAttention(model))
      return model;
    const error = await attentionError(device, half, create);
    // not at most: it may be no number
    if (error <= mostAttentionError(half)) return model;
    device.plainAttention(error);
    return modelOf(this.#source, { halfProducts: half, plainAttention: true });
  }

  /** @param fetches outputs by name, and the tensors they are written into; options cannot be given */
  async run(
    feeds: InferenceSession.FeedsType,
    fetches?: InferenceSession.FetchesType | InferenceSession.RunOptions,
  ): Promise<InferenceSession.ReturnType> {
    for (;;) {
      const session = await this.open();
      try {
        const made = await (fetches === undefined
          ? session.run(feeds)
          : session.run(feeds, fetches as InferenceSession.FetchesType));
        this.#device.done();
        return made;
      } catch (thrown) {
        if (isOutOfMemory(thrown)) throw thrown;
        this.#fail(thrown, this.#provider, this.#half);
      }
    }
  }

  /** Leaves 16 bits or the device. @throws what was thrown, where nothing is left */
  #fail(thrown: unknown, provider: string | null, half: boolean): void {
    // 32 bits take more memory
    if (half && !isOutOfMemory(thrown)) this.#device.leaveHalf(thrown);
    else if (provider === 'cpu') throw thrown;
    else this.#device.fail(thrown);
  }

  get #inHalf(): boolean {
    return typeof this.#source === 'function' && this.#device.half;
  }

  async release(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    try {
      await session?.release();
    } catch {
      // of a device that is gone there is nothing to give back
    }
  }

  get #open(): InferenceSession {
    return this.#session!;
  }
  startProfiling(): void {
    this.#open.startProfiling();
  }
  endProfiling(): void {
    this.#open.endProfiling();
  }
  get inputNames(): readonly string[] {
    return this.#open.inputNames;
  }
  get outputNames(): readonly string[] {
    return this.#open.outputNames;
  }
  get inputMetadata(): readonly InferenceSession.ValueMetadata[] {
    return this.#open.inputMetadata;
  }
  get outputMetadata(): readonly InferenceSession.ValueMetadata[] {
    return this.#open.outputMetadata;
  }
}

export { Tensor };
export type { InferenceSession };

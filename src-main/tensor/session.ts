/** @file Running a graph in ONNX Runtime, on a device that may fail. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { TensorDevice } from './device.ts';
import type { Graph } from './graph.ts';
import { encodeOnnx } from './onnx/encode.ts';
import { isOutOfMemory } from './out-of-memory.ts';

/** As ONNX Runtime names them, and where graphs run. */
export interface SessionOptions extends InferenceSession.SessionOptions {
  /** absent: the processor, unless `executionProviders` says otherwise */
  readonly device?: TensorDevice;
}

/** @param options threads, optimisation, and the device, which several sessions share */
export async function openSession(
  graph: Graph,
  { device, ...options }: SessionOptions = {},
): Promise<InferenceSession> {
  if (device === undefined) return create(graph, options);
  const session = new MovingSession(graph, options, device);
  await session.open();
  return session;
}

const create = (graph: Graph, options: InferenceSession.SessionOptions): Promise<InferenceSession> =>
  InferenceSession.create(encodeOnnx(graph.toOnnx()), { logSeverityLevel: 3, ...options });

/**
 * A session on a device. Where that fails, the same work is done by the next one, the processor in the end. Only a run that
 * finds too little memory is given back to the caller, who may try a smaller one.
 */
class MovingSession implements InferenceSession {
  readonly #graph: Graph;
  readonly #options: InferenceSession.SessionOptions;
  readonly #device: TensorDevice;
  #session: InferenceSession | null = null;
  /** the device's provider when the session was opened */
  #provider: string | null = null;

  constructor(graph: Graph, options: InferenceSession.SessionOptions, device: TensorDevice) {
    this.#graph = graph;
    this.#options = options;
    this.#device = device;
  }

  async open(): Promise<InferenceSession> {
    const device = this.#device;
    // another session of the device may have moved it
    while (this.#session === null || this.#provider !== device.provider) {
      await this.release();
      device.begin();
      const { provider } = device;
      try {
        this.#session = await create(this.#graph, { ...this.#options, ...device.options() });
        this.#provider = provider;
      } catch (thrown) {
        if (provider === 'cpu') throw thrown;
        device.fail(thrown);
      }
    }
    return this.#session;
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
        if (this.#provider === 'cpu' || isOutOfMemory(thrown)) throw thrown;
        this.#device.fail(thrown);
      }
    }
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

/** @file A Chronos-Bolt checkpoint in ONNX Runtime: series in, quantiles in their unit out. */
import type { InferenceSession, SessionOptions } from '../../tensor/session.ts';
import { Tensor, openSession } from '../../tensor/session.ts';
import { atPlace, weightsOf } from '../../tensor/stored.ts';
import type { StoredTensors } from '../../tensor/stored.ts';
import { denormalise, locationScale, normalised } from '../chronos/encode.ts';
import type { BoltConfig } from './config.ts';
import { boltGraph } from './network.ts';

export interface BoltCheckpoint extends StoredTensors {
  readonly config: BoltConfig;
}

type Row = Float32Array | Float64Array;

export class BoltRunner {
  readonly config: BoltConfig;
  readonly #checkpoint: BoltCheckpoint;
  readonly #options: SessionOptions;
  #session: Promise<InferenceSession> | null = null;

  /** @param options device, threads */
  constructor(checkpoint: BoltCheckpoint, options: SessionOptions = {}) {
    this.config = checkpoint.config;
    this.#checkpoint = checkpoint;
    this.#options = options;
  }

  /**
   * @param contexts of any length, NaN is missing; only the last steps that the model was made for are read
   * @returns rows x quantiles x steps
   */
  async run(contexts: readonly Row[]): Promise<Float32Array> {
    this.#session ??= openSession(
      ({ plainAttention }) => boltGraph(this.config, weightsOf(this.#checkpoint), plainAttention),
      atPlace(this.#options, this.#checkpoint.folder),
    );
    const { feeds, loc, scale } = encode(this.config, contexts);
    const { quantiles } = await (await this.#session).run(feeds);
    return denormalise(quantiles.data as Float32Array, loc, scale, false);
  }

  /** Bytes, of the card or the machine; infinite: not known. */
  get freeMemory(): number {
    const { device, freeMemory } = this.#options;
    return freeMemory?.((device?.provider ?? 'cpu') !== 'cpu') ?? Infinity;
  }

  async close(): Promise<void> {
    const open = this.#session;
    this.#session = null;
    await (await open)?.release();
  }
}

/** Rows of different length are filled up in front with patches in which nothing is: nobody looks at these. */
function encode(
  { patch, contextLength, regToken }: BoltConfig,
  contexts: readonly Row[],
): {
  feeds: Record<string, Tensor>;
  loc: Float32Array;
  scale: Float32Array;
} {
  const kept = contexts.map((one) => one.subarray(Math.max(0, one.length - contextLength)));
  const rows = kept.length;
  const n = Math.max(1, Math.ceil(Math.max(...kept.map((one) => one.length)) / patch));
  const tokens = n + (regToken ? 1 : 0);
  const patches = new Float32Array(rows * n * 2 * patch);
  const visible = new Int32Array(rows * tokens);
  const loc = new Float32Array(rows);
  const scale = new Float32Array(rows);
  kept.forEach((values, row) => {
    const stats = locationScale(values);
    loc[row] = stats.loc;
    scale[row] = stats.scale;
    const padding = n * patch - values.length;
    values.forEach((value, i) => {
      if (Number.isNaN(value)) return;
      const p = Math.floor((padding + i) / patch);
      const at = (row * n + p) * 2 * patch + ((padding + i) % patch);
      patches[at] = normalised(value, stats.loc, stats.scale, false);
      patches[at + patch] = 1;
      visible[row * tokens + p] = 1;
    });
    if (regToken) visible[row * tokens + n] = 1;
  });
  return {
    feeds: {
      patches: new Tensor('float32', patches, [rows, n, 2 * patch]),
      tokens: new Tensor('int32', visible, [rows, tokens]),
    },
    loc,
    scale,
  };
}

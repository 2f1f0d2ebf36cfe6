/** @file What models need of foundation models: which weights a recipe means, and these weights ready to run. */
import { AppError } from '../../../src-preload/contract/index.ts';
import type { FoundationKind } from '../../../src-preload/contract/index.ts';
import type { SessionOptions } from '../../tensor/session.ts';
import type { NetworkUse } from '../device-use.ts';
import type { SeriesModel } from './series-model.ts';

/** Which weights: recorded with a model that uses them, since the weights themselves are not stored with it. */
export interface FoundationIdentity {
  /** in the library of foundation models; of a folder outside it, the absolute path */
  readonly name: string;
  /** SHA-256 of the files that hold the weights */
  readonly fingerprint: string;
}

/** Weights that a run trained, with the configuration they belong to. */
export interface TunedCheckpoint {
  /** content of config.json */
  readonly config: Readonly<Record<string, unknown>>;
  /** by name, in memory; or the hash of a safetensors file that the run stored */
  readonly weights: ReadonlyMap<string, Float32Array> | string;
}

/**
 * How weights are held, and what is computed with them. auto: as they are stored, with 32 bits. fp16: products of 16 bits on a card, on
 * the processor weights of 16 bits alone. int8: on the processor only.
 */
export type Precision = 'auto' | 'fp32' | 'fp16' | 'int8';

/** Of weights that are trained, which always have 32 bits: fp16 only says how products are made on a card. */
export type TrainedPrecision = Exclude<Precision, 'int8'>;

/** The foundation models of this machine. */
export interface FoundationHost {
  /**
   * @param reference what a recipe names, or `auto`: of the first of the kinds, the official one where it is installed, else one that is here
   * @param kinds that will do; default: Chronos-2
   * @throws AppError `model-not-installed`, `model-damaged`, `model-unsupported`
   */
  identify(reference: string, kinds?: readonly FoundationKind[]): FoundationIdentity;
  /** @throws AppError as {@link identify} */
  kindOf(identity: FoundationIdentity): FoundationKind;
  /**
   * Close it when done: it holds the weights.
   * @param use hears which device it runs on; null: the processor, and nobody hears
   * @param precision of a Chronos-2; others are as they are
   * @throws AppError as {@link identify}, and `model-changed` where the weights are no longer those
   */
  openModel(
    identity: FoundationIdentity,
    sampling: Sampling,
    use: NetworkUse | null,
    precision?: Precision,
  ): Promise<OpenModel>;
  /** Close it when done. @throws AppError `object-missing`, `object-corrupt` where the run's file is gone, `model-damaged` */
  openTuned(
    checkpoint: TunedCheckpoint,
    use: NetworkUse | null,
    precision?: TrainedPrecision,
  ): Promise<OpenModel>;
  /** A Chronos-2 to be trained further. @throws AppError as {@link openModel} */
  loadChronos2(
    identity: FoundationIdentity,
    use: NetworkUse | null,
    precision?: TrainedPrecision,
  ): Promise<LoadedChronos2>;
}

/** A checkpoint in memory. */
export interface LoadedChronos2 {
  /** content of config.json */
  readonly config: Readonly<Record<string, unknown>>;
  /** all of them, by name */
  readonly weights: ReadonlyMap<string, Float32Array>;
  /** where and with how many threads it is to be trained */
  readonly session: SessionOptions;
}

export interface OpenModel {
  readonly model: SeriesModel;
  close(): Promise<void>;
}

/** How futures are drawn by models that draw them; null: as the checkpoint says. */
export interface Sampling {
  readonly seed: number;
  readonly samples: number | null;
  readonly temperature: number | null;
  /** 0: all tokens */
  readonly topK: number | null;
  readonly topP: number | null;
}

/** @throws AppError `foundation-models-missing` */
export function requireHost(host: FoundationHost | null | undefined): FoundationHost {
  if (host) return host;
  throw new AppError({
    code: 'foundation-models-missing',
    message: 'A foundation model cannot be used here.',
    hint: 'Train it in a run of its own.',
  });
}

/** @file What models need of foundation models: which weights a recipe means, and these weights ready to run. */
import { AppError } from '../../../src-preload/contract/index.ts';
import type { InferenceSession } from '../../tensor/session.ts';
import type { Chronos2Config } from './config.ts';
import type { Chronos2Runner } from './runner.ts';

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

/** The foundation models of this machine. */
export interface FoundationHost {
  /**
   * @param reference what a recipe names, or `auto`: the official Chronos-2 where it is installed, else the one that came with the app
   * @throws AppError `model-not-installed`, `model-damaged`, `model-unsupported`
   */
  identify(reference: string): FoundationIdentity;
  /**
   * Close it when done: it holds the weights.
   * @throws AppError as {@link identify}, and `model-changed` where the weights are no longer those
   */
  openChronos2(identity: FoundationIdentity): Promise<OpenChronos2>;
  /** Close it when done. @throws AppError `object-missing`, `object-corrupt` where the run's file is gone, `model-damaged` */
  openTuned(checkpoint: TunedCheckpoint): Promise<OpenChronos2>;
  /** To be trained further. @throws AppError as {@link openChronos2} */
  loadChronos2(identity: FoundationIdentity): LoadedChronos2;
}

/** A checkpoint in memory. */
export interface LoadedChronos2 {
  /** content of config.json */
  readonly config: Readonly<Record<string, unknown>>;
  /** all of them, by name */
  readonly weights: ReadonlyMap<string, Float32Array>;
  /** where and with how many threads it is to be trained */
  readonly session: InferenceSession.SessionOptions;
  /** as in logs */
  readonly device: string;
}

export interface OpenChronos2 {
  readonly runner: Chronos2Runner;
  readonly config: Chronos2Config;
  /** as in logs: `cpu`, `webgpu` */
  readonly device: string;
  close(): Promise<void>;
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

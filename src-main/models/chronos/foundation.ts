/** @file What models need of foundation models: which weights a recipe means, and these weights ready to run. */
import type { Chronos2Config } from './config.ts';
import type { Chronos2Runner } from './runner.ts';

/** Which weights: recorded with a model that uses them, since the weights themselves are not stored with it. */
export interface FoundationIdentity {
  /** in the library of foundation models; of a folder outside it, the absolute path */
  readonly name: string;
  /** SHA-256 of the files that hold the weights */
  readonly fingerprint: string;
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
}

export interface OpenChronos2 {
  readonly runner: Chronos2Runner;
  readonly config: Chronos2Config;
  /** as in logs: `cpu`, `webgpu` */
  readonly device: string;
  close(): Promise<void>;
}

/** @file What a training is given beside its data and configuration, and what comes out of it. */
import type { DeviceUse } from '../../device-use.ts';
import type { TreeEnsemble } from '../ensemble.ts';
import type { TrainCallback, TrainingSet } from './config.ts';
import type { Curve } from './history.ts';

export interface TrainHooks {
  readonly threads: number;
  /** may build histograms on the graphics card; absent: the processor alone */
  readonly device?: DeviceUse | null;
  log?(level: 'debug' | 'info' | 'warn', message: string): void;
  /** watched by `config.metrics`; null without */
  readonly validation?: TrainingSet | null;
  /** training goes on from here; its trees come first in the result */
  readonly init?: TreeEnsemble | null;
  /** 0..1 */
  progress?(fraction: number, message: string): void;
  curve?(name: string, round: number, value: number): void;
  readonly callbacks?: readonly TrainCallback[];
}

export interface Trained {
  /** cut off at `bestRound` where training was told to stop early */
  readonly ensemble: TreeEnsemble;
  readonly history: readonly Curve[];
  /** rounds of this training, counted from 1, at which the deciding metric was best; all of them without early stopping */
  readonly bestRound: number;
  /** which device built histograms: `cpu` or the GPU's name */
  readonly device: string;
}

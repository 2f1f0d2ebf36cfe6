/**
 * @file Which processor may do the work of a model, and what earlier runs on this machine found out about it. Trees never depend
 * on it; what networks compute differs in the last digits.
 */

/** auto: a graphics card where it measures faster; gpu: wherever it can, also an imitation on the processor; cpu: never */
export type DeviceChoice = 'auto' | 'cpu' | 'gpu';

/** Milliseconds a tree took on each, of the same data. */
export interface DeviceTrial {
  readonly cpu: number;
  readonly gpu: number;
}

/** What was measured on this machine; kept by whoever runs the fit, for models read and write no files. */
export interface DeviceTrials {
  /** @param key machine and shape of the data */
  recall(key: string): DeviceTrial | null;
  remember(key: string, trial: DeviceTrial): void;
  /**
   * A graphics driver is about to be loaded. A faulty one can end the whole process, and then nobody calls `leave`.
   * @returns false when that happened lately: the driver is better left alone
   */
  enter(): boolean;
  /** The driver has done its first work, or has been refused. */
  leave(): void;
}

export interface DeviceUse {
  readonly choice: DeviceChoice;
  /** null: nothing is kept */
  readonly trials: DeviceTrials | null;
  /** Hears what a part of the model was fitted on, once it is: `cpu` or the graphics card's name. */
  used?(device: string): void;
}

/** Who works with a network, and hears what it runs on. */
export interface NetworkUse {
  /** absent: the processor */
  readonly device?: DeviceUse | null;
  log(level: 'debug' | 'info' | 'warn', message: string): void;
}

/** @file Whether a training is given the graphics device: by the recipe's choice, by its size and by what was measured before. */
import { cpus } from 'node:os';
import type { DeviceUse } from '../../device-use.ts';
import type { GrowerOptions } from '../engine/types.ts';
import { openGpu } from './gpu.ts';
import type { Gpu, GpuOptions } from './gpu.ts';

export interface TrainingShape {
  readonly policy: GrowerOptions['policy'];
  readonly rows: number;
  readonly columns: number;
  /** trees to be grown */
  readonly trees: number;
  readonly threads: number;
}

/** Rows x columns x trees below which a training is over before a driver is loaded and tried: some seconds of two cores. */
const worthTrying = 1e9;

/** Raise when what the card does of a tree changes: verdicts of before are worth nothing then. */
const workVersion = 2;

/** Machine and shape: the same key, the same verdict. Sizes go by powers of two. */
export function trialKey({ policy, rows, columns, threads }: TrainingShape): string {
  const size = (n: number): string => `2^${Math.round(Math.log2(Math.max(1, n)))}`;
  return `${workVersion}: ${cpus()[0]?.model.trim() ?? 'cpu'}, ${threads} threads, ${policy}, ${size(rows)} rows, ${size(columns)} columns`;
}

/**
 * Gets the device for one training; close it afterwards. Never throws.
 * @returns null: the processor does it all. The log says why, unless that is the usual case
 */
export async function chooseGpu(
  use: DeviceUse | null,
  shape: TrainingShape,
  log: GpuOptions['log'],
): Promise<Gpu | null> {
  if (use === null || use.choice === 'cpu') return null;
  const { choice, trials } = use;
  if (choice === 'gpu') return openGpu({ choice, log });
  if (shape.rows * shape.columns * shape.trees < worthTrying) return null;
  const key = trialKey(shape);
  const before = trials?.recall(key) ?? null;
  if (before !== null && before.cpu <= before.gpu) {
    log('debug', 'trees are grown on the processor, which was faster on data of this size before');
    return null;
  }
  if (trials?.enter() === false) {
    log(
      'warn',
      'trees are grown on the processor: lately a run ended abruptly when it began to use the graphics driver (runtime.device: gpu tries again)',
    );
    return null;
  }
  return openGpu({
    choice,
    log,
    known: before,
    onMeasured: (trial) => trials?.remember(key, trial),
    onSurvived: () => trials?.leave(),
  });
}

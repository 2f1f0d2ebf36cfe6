/**
 * @file Training a Chronos-2 checkpoint further on a series, with the original's optimiser and schedule (AdamW without decay, a rate that
 * falls to nothing in a straight line) and, what it lacks, early stopping on the newest windows, accumulation of gradients and
 * a way on from a state that was saved.
 */
import type { Chronos2Config } from './config.ts';

import type { LoraOptions } from './adapters.ts';
import { Trainer } from './trainer.ts';
import type { TrainerOptions, TrainerState, TrainingBatch } from './trainer.ts';
import { drawCuts, windowBatch } from './training-windows.ts';
import type { TrainingSeries, WindowPlan } from './training-windows.ts';

export interface FineTuneOptions extends WindowPlan {
  /** original: num_steps */
  readonly steps: number;
  /** rate of the first step (original: learning_rate) */
  readonly rate: number;
  /** null: every weight is trained (original: finetune_mode full) */
  readonly lora: LoraOptions | null;
  /** batches whose gradients make one step */
  readonly accumulate: number;
  /** cuts of the windows that decide which state is best; empty: the last state is */
  readonly validation: readonly number[];
  /** steps between looks at them */
  readonly evaluateEvery: number;
  /** looks without a better one before it ends; null: never before the last step */
  readonly patience: number | null;
  readonly seed: number;
  readonly session?: TrainerOptions['session'];
}

/** What is needed to go on: the trainer's state, and the best one so far. */
export interface FineTuneState {
  readonly trainer: TrainerState;
  readonly best: { readonly step: number; readonly loss: number; readonly weights: ReadonlyMap<string, Float32Array> } | null;
  /** looks since the best one */
  readonly waited: number;
}

export interface FineTuneHooks {
  /** after each step */
  progress(step: number, steps: number): void;
  curve(name: 'train loss' | 'validation loss', step: number, value: number): void;
  log(level: 'info' | 'warn', message: string): void;
  /** after each look; arrays are the trainer's own and change with the next step */
  save?(state: FineTuneState): void;
}

export interface FineTuned {
  /** trained weights by name: all of the checkpoint's, or the adapters */
  readonly weights: ReadonlyMap<string, Float32Array>;
  /** steps they took */
  readonly step: number;
  /** null without validation */
  readonly loss: number | null;
}

/**
 * @param weights of the checkpoint, by name; with `lora` also of the adapters to start from
 * @param series rows that may be learnt from, validation windows among them only where they are meant to be
 * @param from a state of the same training, to go on from it: the result is the same as without the break
 */
export async function fineTune(
  config: Chronos2Config,
  weights: ReadonlyMap<string, Float32Array>,
  series: { readonly train: TrainingSeries; readonly validation: TrainingSeries },
  options: FineTuneOptions,
  hooks: FineTuneHooks,
  from: FineTuneState | null = null,
): Promise<FineTuned> {
  const { steps, rate, lora, seed } = options;
  // with adapters the frozen weights are no part of the state
  const start = from === null ? new Map() : from.trainer.weights;
  const trainer = new Trainer(
    config,
    from === null
      ? { step: 0, weights, means: new Map(), squares: new Map() }
      : { ...from.trainer, weights: new Map([...weights, ...start]) },
    { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, clip: 1, lora, session: options.session ?? {} },
  );
  const judged = options.validation.length === 0 ? null : windowBatch(config, series.validation, options, options.validation);
  let { best, waited } = from ?? { best: null, waited: 0 };
  const look = async (): Promise<void> => {
    if (judged === null) return;
    const loss = await trainer.loss(judged);
    hooks.curve('validation loss', trainer.steps, loss);
    waited += 1;
    if (best !== null && !(loss < best.loss)) return;
    waited = 0;
    best = { step: trainer.steps, loss, weights: copied(trainer.state().weights) };
  };
  try {
    if (from === null) await look(); // the checkpoint as it is may be the best
    while (trainer.steps < steps && !stops(options, waited)) {
      const step = trainer.steps;
      const { loss } = await trainer.step(batches(config, series.train, options, seed, step), (rate * (steps - step)) / steps);
      hooks.curve('train loss', trainer.steps, loss);
      hooks.progress(trainer.steps, steps);
      if (trainer.steps % options.evaluateEvery !== 0 && trainer.steps !== steps) continue;
      await look();
      hooks.save?.({ trainer: trainer.state(), best, waited });
    }
    if (best === null) return { weights: copied(trainer.state().weights), step: trainer.steps, loss: null };
    if (stops(options, waited))
      hooks.log('info', `no better forecast of the newest windows for ${waited} looks: training ends after ${trainer.steps} steps`);
    hooks.log('info', `best after ${best.step} of ${trainer.steps} steps`);
    return best;
  } finally {
    await trainer.close();
  }
}

const stops = ({ patience, validation }: FineTuneOptions, waited: number): boolean =>
  patience !== null && validation.length > 0 && waited >= patience;

/** The batches of a step: as many as are accumulated. */
function batches(
  config: Chronos2Config,
  series: TrainingSeries,
  options: FineTuneOptions,
  seed: number,
  step: number,
): TrainingBatch[] {
  return Array.from({ length: options.accumulate }, (_, part) =>
    windowBatch(config, series, options, drawCuts(series, options, seed, step * options.accumulate + part)),
  );
}

const copied = (weights: ReadonlyMap<string, Float32Array>): Map<string, Float32Array> =>
  new Map([...weights].map(([name, values]) => [name, values.slice()]));

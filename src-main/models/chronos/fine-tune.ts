/**
 * @file Training a Chronos-2 checkpoint further on a series, with the original's optimiser and schedule (AdamW without decay, a rate that
 * falls to nothing in a straight line) and, what it lacks, early stopping on the newest windows, a way back towards the
 * checkpoint where they want it, accumulation of gradients, a way on from a state that was saved, and one through too little memory.
 */
import { AppError } from '../../../src-preload/contract/index.ts';
import { isOutOfMemory } from '../../tensor/out-of-memory.ts';
import type { LoraOptions } from './adapters.ts';
import type { Chronos2Config } from './config.ts';
import { trainingMemory } from './batches.ts';
import { Trainer } from './trainer.ts';
import type { TrainerOptions, TrainerState, TrainingBatch } from './trainer.ts';
import { drawCuts, windowBatch, windowsPerBatch } from './training-windows.ts';
import type { TrainingSeries, WindowPlan } from './training-windows.ts';

type Weights = ReadonlyMap<string, Float32Array>;

export interface FineTuneOptions extends WindowPlan {
  /** original: num_steps */
  readonly steps: number;
  /** the last step that is made, of the same schedule; absent: `steps` */
  readonly until?: number;
  /** how far from the checkpoint to what was trained, where `validation` does not tell; absent: 1, all the way */
  readonly share?: number;
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
  readonly open?: TrainerOptions['open'];
}

/** What is needed to go on: the trainer's state, and the best one so far. */
export interface FineTuneState {
  readonly trainer: TrainerState;
  readonly best: {
    readonly step: number;
    /** how far from the checkpoint to `weights` the loss is that */
    readonly share: number;
    readonly loss: number;
    readonly weights: Weights;
  } | null;
  /** looks since the best one */
  readonly waited: number;
  /** windows that go through the network at once */
  readonly windows: number;
}

/**
 * Shares of the way that are tried at each look, beside the whole, and at last with the best state. Between the weights of a
 * checkpoint and those that were trained from them lie such that know the new series as well and are less sure of themselves
 * (Wortsman et al. 2022, arXiv 2109.01903): intervals of what was trained are too narrow.
 */
const halfway = 0.5;
const refined = [0.75, 0.25] as const;

export interface FineTuneHooks {
  /** after each step */
  progress(step: number, steps: number): void;
  curve(name: 'train loss' | 'validation loss', step: number, value: number): void;
  log(level: 'info' | 'warn', message: string): void;
  /** after each step, and the look that follows it; arrays are the trainer's own and change with the next step */
  save?(state: FineTuneState): void;
}

export interface FineTuned {
  /** trained weights by name: all of the checkpoint's, or the adapters */
  readonly weights: Weights;
  /** steps they took */
  readonly step: number;
  /** how far from the checkpoint to what these steps trained, 0..1 */
  readonly share: number;
  /** null without validation */
  readonly loss: number | null;
}

/**
 * @param weights of the checkpoint, by name; with `lora` also of the adapters to start from
 * @param series rows that may be learnt from, validation windows among them only where they are meant to be
 * @param from a state of the same training, to go on from it: the result is the same as without the break
 * @throws AppError `out-of-memory` when not even a single window fits, `training-diverged`
 */
export async function fineTune(
  config: Chronos2Config,
  weights: Weights,
  series: { readonly train: TrainingSeries; readonly validation: TrainingSeries },
  options: FineTuneOptions,
  hooks: FineTuneHooks,
  from: FineTuneState | null = null,
): Promise<FineTuned> {
  const { rate, lora, seed, accumulate } = options;
  const until = options.until ?? options.steps;
  // with adapters the frozen weights are no part of the state
  const start = from === null ? new Map() : from.trainer.weights;
  const trainer = new Trainer(
    config,
    from === null
      ? { step: 0, weights, means: new Map(), squares: new Map() }
      : { ...from.trainer, weights: new Map([...weights, ...start]) },
    {
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
      clip: 1,
      lora,
      session: options.session ?? {},
      ...(options.open ? { open: options.open } : {}),
    },
  );
  const whole = windowsPerBatch(series.train, options);
  let { best, waited, windows } = from ?? { best: null, waited: 0, windows: whole };
  const rowsOf = (count: number): number =>
    count * (1 + series.train.past.length + series.train.known.length);
  const batchesTold = (): string =>
    `with batches of ${rowsOf(windows)} series, ${Math.ceil((whole * accumulate) / windows)} of them a step`;

  // a system that gives more than it has ends the process instead of saying no
  const tokens = Math.ceil(options.context / config.patch) + 1 + Math.ceil(options.horizon / config.patch);
  const { device, freeMemory } = options.session ?? {};
  const free = freeMemory?.((device?.provider ?? 'cpu') !== 'cpu') ?? Infinity;
  const fits = (): boolean => trainingMemory(config, rowsOf(windows), tokens) <= free;
  const planned = windows;
  while (windows > 1 && !fits()) windows = Math.ceil(windows / 2);
  const told = `${(free / 2 ** 30).toFixed(1)} GiB of memory are free: training`;
  if (windows < planned) hooks.log('warn', `${told} begins ${batchesTold()}`);
  if (!fits() && (await trainer.spare()))
    hooks.log('warn', `${told} makes its intermediate values again instead of keeping them`);

  const inParts = (of: TrainingSeries, cuts: readonly number[]): TrainingBatch[] =>
    Array.from({ length: Math.ceil(cuts.length / windows) }, (_, part) =>
      windowBatch(config, of, options, cuts.slice(part * windows, (part + 1) * windows)),
    );
  /** Does it with half as many windows at once as often as memory runs out, then sparingly, and at last without the card; what is trained stays the same. */
  const sparing = async <T>(work: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await work();
      } catch (thrown) {
        if (!isOutOfMemory(thrown)) throw thrown;
        if (windows === 1) {
          if (await trainer.spare())
            hooks.log(
              'warn',
              'memory ran out: training goes on, but makes its intermediate values again instead of keeping them',
            );
          else if (await trainer.leaveCard(thrown)) windows = whole;
          else throw tooLarge(thrown);
          continue;
        }
        await trainer.close(); // sessions hold what they once needed; they are opened again
        windows = Math.ceil(windows / 2);
        hooks.log('warn', `memory ran out: training goes on ${batchesTold()}`);
      }
    }
  };
  /** Loss of the newest windows so far from the checkpoint to what was reached; it may be the best one. */
  const tried = async (step: number, reached: Weights, share: number): Promise<number> => {
    trainer.take(between(weights, reached, share));
    const loss = await sparing(() => lossOf(trainer, inParts(series.validation, options.validation)));
    if (best === null || loss < best.loss) best = { step, share, loss, weights: reached };
    return loss;
  };
  const look = async (): Promise<void> => {
    if (options.validation.length === 0) return;
    const { step, weights: now } = trainer.state();
    const [before, reached] = [best, copied(now)];
    hooks.curve('validation loss', step, await tried(step, reached, 1));
    if (step > 0) await tried(step, reached, halfway);
    waited = best === before ? waited + 1 : 0;
    trainer.take(reached);
  };
  try {
    if (from === null) await look(); // the checkpoint as it is may be the best
    while (trainer.steps < until && !stops(options, waited)) {
      const step = trainer.steps;
      const cuts = Array.from({ length: accumulate }, (_, part) =>
        drawCuts(series.train, options, seed, step * accumulate + part),
      ).flat();
      const { loss } = await sparing(() =>
        trainer.step(inParts(series.train, cuts), (rate * (options.steps - step)) / options.steps),
      );
      if (!Number.isFinite(loss)) {
        if (best === null) throw diverged(step);
        hooks.log('warn', `the loss of step ${step + 1} is no number: training ends`);
        break;
      }
      hooks.curve('train loss', trainer.steps, loss);
      hooks.progress(trainer.steps, until);
      if (trainer.steps % options.evaluateEvery === 0 || trainer.steps === until) await look();
      hooks.save?.({ trainer: trainer.state(), best, waited, windows });
    }
    if (best === null) {
      const { share = 1 } = options;
      return {
        weights: between(weights, copied(trainer.state().weights), share),
        step: trainer.steps,
        share,
        loss: null,
      };
    }
    if (stops(options, waited))
      hooks.log(
        'info',
        `no better forecast of the newest windows for ${waited} looks: training ends after ${trainer.steps} steps`,
      );
    hooks.log('info', `best after ${best.step} of ${trainer.steps} steps`);
    const { step, weights: reached } = best;
    if (step > 0) for (const share of refined) await tried(step, reached, share);
    const { share, loss } = best;
    if (share < 1)
      hooks.log('info', `and best ${100 * share} % of the way from the checkpoint to these weights`);
    return { weights: between(weights, reached, share), step, share, loss };
  } finally {
    await trainer.close();
  }
}

const stops = ({ patience, validation }: FineTuneOptions, waited: number): boolean =>
  patience !== null && validation.length > 0 && waited >= patience;

/** Of all rows as if they stood in one batch. */
async function lossOf(trainer: Trainer, parts: readonly TrainingBatch[]): Promise<number> {
  const rows = parts.reduce((total, { batch }) => total + batch.rows, 0);
  let loss = 0;
  for (const part of parts) loss += (part.batch.rows / rows) * (await trainer.loss(part));
  return loss;
}

const copied = (weights: Weights): Map<string, Float32Array> =>
  new Map([...weights].map(([name, values]) => [name, values.slice()]));

/** Weights on the straight line from some to others, by the names of the others. @param share 0..1 */
const between = (from: Weights, to: Weights, share: number): Weights => {
  if (share === 1) return to;
  return new Map(
    [...to].map(([name, values]) => {
      const start = from.get(name) ?? values;
      return [name, values.map((value, i) => start[i] + share * (value - start[i]))];
    }),
  );
};

const tooLarge = (cause: unknown): AppError =>
  new AppError(
    {
      code: 'out-of-memory',
      message: 'The memory is too small to train this model, even with one window at a time.',
      hint: 'Train with finetune_mode lora or a shorter context_length, or take a smaller model; then run the recipe again.',
      place: { key: 'model.params' },
    },
    { cause },
  );

const diverged = (step: number): AppError =>
  new AppError({
    code: 'training-diverged',
    message: `The loss of step ${step + 1} is no number.`,
    hint: 'Lower model.params.learning_rate.',
    place: { key: 'model.params.learning_rate' },
  });

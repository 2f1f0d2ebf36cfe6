/**
 * @file Chronos-2 trained further on the series at hand, with or without covariates: every weight, or adapters of low rank. What is
 * stored of it are the weights, as a checkpoint of its own: forecasts need the one it came from no more.
 * @see Ansari et al., "Chronos-2: From Univariate to Universal Forecasting", arXiv 2510.15821
 */
import { z } from 'zod';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { Phase, Recipe } from '../../../src-preload/contract/index.ts';
import type { Frame } from '../../data/frame.ts';
import { invalidModel, parseModel } from '../codec.ts';
import type {
  Estimator,
  FitContext,
  FittedModel,
  ForecastBatch,
  ForecastRequest,
  SeriesTask,
} from '../estimator.ts';
import { parseParams } from '../params.ts';
import { tunedTypes } from '../families.ts';
import { requireTrainingRows, targetValues } from '../series.ts';
import { adaptersOf, initialAdapters } from './adapters.ts';
import { parseChronos2Config } from './config.ts';
import { fineTune } from './fine-tune.ts';
import type { FineTuned } from './fine-tune.ts';
import type { FoundationHost } from './foundation.ts';
import { requireHost } from './foundation.ts';
import { forecastWith, seriesState, seriesStateShape } from './series-state.ts';
import { trainedBy } from './training-graphs.ts';
import { tunedFileNames, tunedConfig, tunedFiles } from './tuned-files.ts';
import { planTuning } from './tuning-plan.ts';
import { tuningParamsSchema } from './tuning-params.ts';
import type { TuningParams } from './tuning-params.ts';
import { tuningSeries } from './tuning-series.ts';
import { decodeState, encodeState } from './tuning-state.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const stateSchema = z.strictObject({
  format: z.literal('voltcast-model'),
  version: z.literal(1),
  type: z.enum(tunedTypes),
  ...seriesStateShape,
  /** steps of the past that are read */
  context: z.number().int().positive(),
  /** what was trained further */
  base: z.strictObject({ name: z.string(), fingerprint: z.string() }),
  /** what forecasts are computed with */
  precision: z.enum(['auto', 'fp32', 'fp16']).default('auto'),
  /** steps that made the weights */
  steps: z.number().int().nonnegative(),
  /** how far from the checkpoint to what these steps trained */
  share: z.number().min(0).max(1).default(1),
  /** content of config.json */
  config: z.record(z.string(), z.unknown()),
  /** SHA-256 of what the run stored, by the name of the file; null: it was not stored */
  files: z.partialRecord(z.enum(tunedFileNames), hash).nullable(),
});
type State = z.infer<typeof stateSchema>;

export class FittedTuned implements FittedModel {
  readonly type: State['type'];
  /** further steps follow from its own quantiles, as in training of the original */
  readonly anyHorizon = true;
  readonly state: State;
  readonly #weights: ReadonlyMap<string, Float32Array> | null;
  readonly #host: FoundationHost | null;

  /** @param weights null: where `state.files` says */
  constructor(state: State, weights: ReadonlyMap<string, Float32Array> | null, host: FoundationHost | null) {
    this.type = state.type;
    this.state = state;
    this.#weights = weights;
    this.#host = host;
  }

  /** @throws AppError `object-missing`, `object-corrupt` */
  async forecast(
    frame: Frame,
    origins: Int32Array,
    horizon: number,
    gap: number,
    request?: ForecastRequest,
  ): Promise<ForecastBatch> {
    const { context, config, base, steps, precision } = this.state;
    const weights = this.#weights ?? this.state.files?.['model.safetensors'];
    if (weights === undefined) throw invalidModel('its weights were not stored');
    const open = await requireHost(this.#host).openTuned({ config, weights }, request ?? null, precision);
    request?.log('info', `${base.name}, trained further for ${steps} steps`);
    return await forecastWith(open, frame, this.state, { origins, horizon, gap, context }, request);
  }

  importance(): readonly [] {
    return [];
  }

  toJSON(): State {
    return this.state;
  }
}

/** @throws AppError `model-params`, `no-covariates` */
export function createTuned(recipe: Recipe, type: State['type']): Estimator {
  const params = parseParams(tuningParamsSchema, recipe.model.params);
  const { pastCovariates, knownCovariates } = recipe.data;
  if (type === 'chronos2_covariates' && pastCovariates.length + knownCovariates.length === 0)
    throw new AppError({
      code: 'no-covariates',
      message: 'The recipe names no covariates, and this model is made of them.',
      hint: 'Name columns in data.pastCovariates or data.knownCovariates, or take the model type chronos2_finetuned.',
      place: { key: 'data.knownCovariates' },
    });
  const fit: Tune = (task, trainEnd, context, found) =>
    tune({ recipe, type, params, task, trainEnd, found }, context);
  return {
    type,
    ownQuantiles: true,
    fit: (task, trainEnd, context) => fit(task, trainEnd, context, null),
    refit: (earlier, task, trainEnd, context) => {
      if (params.refit) return fit(task, trainEnd, context, (earlier as FittedTuned).state);
      context.log('info', `the weights that were tested are used (refit: false)`);
      return Promise.resolve(earlier);
    },
  };
}

type Tune = (
  task: SeriesTask,
  trainEnd: number,
  context: FitContext,
  found: Found | null,
) => Promise<FittedModel>;

/** What an earlier fit found best. */
type Found = Pick<State, 'steps' | 'share'>;

interface Job {
  readonly recipe: Recipe;
  readonly type: State['type'];
  readonly params: TuningParams;
  readonly task: SeriesTask;
  readonly trainEnd: number;
  /** it is made again without validation; null: to be found out */
  readonly found: Found | null;
}

async function tune(
  { recipe, type, params, task, trainEnd, found }: Job,
  context: FitContext,
): Promise<FittedTuned> {
  const values = targetValues(task.frame, task.target);
  requireTrainingRows(values, trainEnd);
  const host = requireHost(context.foundation);
  const base = host.identify(params.checkpoint);
  context.progress(0, 'load-pipeline' satisfies Phase);
  const loaded = await host.loadChronos2(base, context, params.precision);
  const plan = planTuning(params, loaded.config, task.horizon + recipe.split.gap);
  const columns = { target: task.target, past: task.pastCovariates, known: task.knownCovariates };
  const series = tuningSeries(
    task.frame,
    columns,
    trainEnd,
    plan,
    found === null ? params.validation_share : 0,
  );
  const config = tunedConfig(loaded.config, plan);
  const parsed = parseChronos2Config(config);
  const { lora } = plan;
  const count = trainedBy(parsed, { lora }).reduce(
    (sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1),
    0,
  );
  if (lora !== null && adaptersOf(parsed, lora).length === 0) throw noTargets(lora.targets);
  context.log(
    'info',
    `${base.name} is trained further: ${lora === null ? 'all' : `adapters of rank ${lora.rank},`} ${thousands(count)} weights, ` +
      `rate ${plan.rate}, ${plan.accumulate} x ${plan.rows} series a step, ${plan.context} steps of the past, ${plan.horizon} ahead`,
  );
  if (found === null && series.cuts.length === 0 && params.validation_share > 0)
    context.log('warn', 'too few rows to keep some for validation: the last step counts');
  const begin =
    lora === null
      ? loaded.weights
      : new Map([...loaded.weights, ...initialAdapters(parsed, lora, context.seed)]);
  context.progress(0, 'fine-tune' satisfies Phase);
  const done = await train(
    (hooks, from) =>
      fineTune(
        parsed,
        begin,
        series,
        {
          ...plan,
          ...(found === null ? {} : { until: found.steps, share: found.share }),
          validation: series.cuts,
          seed: context.seed,
          session: loaded.session,
        },
        hooks,
        from,
      ),
    trainedBy(parsed, { lora }),
    context,
  );
  const { weights, files } = tunedFiles(config, loaded.weights, done.weights, lora, base.name);
  const { keep } = context;
  const kept =
    keep === undefined ? null : [...files()].map(([name, content]) => [name, keep(name, content)] as const);
  const state: State = {
    format: 'voltcast-model',
    version: 1,
    type,
    ...seriesState(recipe, task, values, trainEnd),
    context: plan.context,
    base,
    precision: params.precision,
    steps: done.step,
    share: done.share,
    config,
    files: kept === null ? null : Object.fromEntries(kept),
  };
  return new FittedTuned(state, weights, host);
}

/** Trains with what the run listens to, and from where an earlier attempt of it stopped. */
async function train(
  work: (hooks: Parameters<typeof fineTune>[4], from: Parameters<typeof fineTune>[5]) => Promise<FineTuned>,
  trained: ReturnType<typeof trainedBy>,
  context: FitContext,
): Promise<FineTuned> {
  const { resumable = null } = context;
  const bytes = resumable?.load() ?? null;
  const earlier = bytes === null ? null : decodeState(bytes, trained);
  const losses: [string, number, number][] = [];
  const curve = (name: string, step: number, value: number): void => {
    losses.push([name, step, value]);
    context.curve(name, step, value);
  };
  for (const [name, step, value] of earlier?.losses ?? []) curve(name, step, value);
  if (earlier !== null)
    context.log(
      'info',
      `training goes on after step ${earlier.state.trainer.step}, where it was interrupted`,
    );
  return await work(
    {
      curve,
      log: (level, message) => context.log(level, message),
      progress: (step, steps) =>
        context.progress(step / steps, `${'fine-tune' satisfies Phase}: step ${step} of ${steps}`),
      save: (state) => {
        if (resumable?.due() === true) resumable.save(encodeState(state, losses, trained));
      },
    },
    earlier?.state ?? null,
  );
}

/** @throws AppError `model-invalid` */
export function reviveTuned(json: unknown, host: FoundationHost | null): FittedTuned {
  const state = parseModel(stateSchema, json, 'model');
  parseChronos2Config(state.config);
  return new FittedTuned(state, null, host);
}

const thousands = (count: number): string => count.toLocaleString('en-US');

const noTargets = (targets: readonly string[]): AppError =>
  new AppError({
    code: 'model-params',
    message: `model.params.lora_target_modules: no layer of the model is called ${targets.join(' or ')}.`,
    hint: 'For example self_attention.q, self_attention.v, mlp.wi, output_patch_embedding.output_layer.',
    place: { key: 'model.params.lora_target_modules' },
  });

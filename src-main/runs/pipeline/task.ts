/** @file The problem as the models see it, and the context they report through. */
import type { Recipe } from '../../../src-preload/contract/index.ts';
import type { FoundationHost } from '../../models/chronos/foundation.ts';
import type { ContinuedModel, FitContext, SeriesTask } from '../../models/estimator.ts';
import { checkpointsOf } from '../../models/registry.ts';
import { createFoundationHost } from '../../services/foundation/host.ts';
import type { Frame } from '../../data/frame.ts';
import type { ObjectStore } from '../../workspace/types.ts';
import type { RunSpec, StepContext } from '../step.ts';
import type { Validation } from './artifacts.ts';
import { resolveRecipe } from './resolve.ts';

/** @param frame regular grid with the cleaned target */
export function taskOf(
  spec: Pick<RunSpec, 'recipe' | 'dataset'>,
  frame: Frame,
  validation: Validation,
): SeriesTask {
  const recipe = resolveRecipe(spec);
  const { target, pastCovariates, knownCovariates } = recipe.data;
  const regression = recipe.task !== 'forecast';
  return {
    frame,
    target,
    horizon: recipe.forecast.horizon,
    pastCovariates: regression ? [] : pastCovariates,
    knownCovariates: regression ? [] : knownCovariates,
    // what validation left of the same-instant inputs, in place of `auto` or of a list with leaking columns in it
    recipe: { ...recipe, data: { ...recipe.data, features: regression ? [...validation.features] : 'auto' } },
  };
}

interface RunHost {
  readonly host: FoundationHost;
  objects: ObjectStore | null;
}

/** A host remembers which weights it has read: one for all steps of a run. */
const hosts = new WeakMap<RunSpec, RunHost>();

/**
 * The pretrained models of this machine, run with the threads of the run.
 * @param objects where runs store what they trained; null: only which weights there are is asked
 */
export function foundationOf(spec: RunSpec, objects: ObjectStore | null = null): FoundationHost {
  const known = hosts.get(spec) ?? runHost(spec);
  known.objects = objects ?? known.objects;
  return known.host;
}

function runHost(spec: RunSpec): RunHost {
  const threads = threadsOf(spec.recipe, spec.threads);
  const made: RunHost = {
    host: createFoundationHost({ threads, objects: () => made.objects }),
    objects: null,
  };
  hosts.set(spec, made);
  return made;
}

const threadsOf = (recipe: Recipe, threads: number): number =>
  recipe.runtime.threads === 'auto' ? threads : Math.min(recipe.runtime.threads, Math.max(1, threads));

/** The parts of a recipe that decide what a model learns; thresholds, names and tags are none of them. */
export function modelParams(spec: RunSpec): unknown {
  const { task, data, features, training, split, forecast, model, runtime } = resolveRecipe(spec);
  const { continued = null } = spec;
  const { horizon, strategy, nonNegative, quantiles } = forecast;
  return {
    task,
    pastCovariates: data.pastCovariates,
    knownCovariates: data.knownCovariates,
    target: data.target,
    features,
    weight: training.weight,
    halfLifeDays: training.halfLifeDays,
    // what the run left counts, not its name
    continued: continued && [continued.model, continued.split, continued.frame, continued.final],
    split,
    forecast: { horizon, strategy, nonNegative, quantiles },
    model,
    seed: runtime.seed,
    // pretrained weights are no artifact of the run, but decide its result
    weights: checkpointsOf(model).map(({ checkpoint, kinds }) =>
      foundationOf(spec).identify(checkpoint, kinds),
    ),
  };
}

export interface Curve {
  readonly name: string;
  readonly x: number[];
  readonly y: number[];
}

/**
 * A model's way to report, onto a part of the step's progress.
 * @param part `used` hears which devices the model was fitted on
 * @param curves points are kept here; null drops them (refits draw no curves)
 * @param continued model whose trees the fit keeps
 */
export function fitContext(
  context: StepContext,
  part: {
    readonly from: number;
    readonly to: number;
    readonly label?: string;
    readonly used?: (device: string) => void;
    /** true: what the model stores beside itself becomes artifacts of the step; else it stays in memory */
    readonly keeps?: boolean;
  },
  curves: Map<string, Curve> | null,
  continued: ContinuedModel | null = null,
): FitContext {
  const { recipe, threads } = context.spec;
  return {
    seed: recipe.runtime.seed,
    threads: threadsOf(recipe, threads),
    continued,
    device: {
      choice: recipe.runtime.device,
      trials: context.deviceTrials ?? null,
      ...(part.used === undefined ? {} : { used: part.used }),
    },
    progress: (fraction, message) => {
      const text =
        message === undefined ? part.label : part.label === undefined ? message : `${part.label}: ${message}`;
      context.progress(part.from + (part.to - part.from) * Math.min(1, Math.max(0, fraction)), text);
    },
    curve: (name, x, y) => {
      if (!curves || !Number.isFinite(y)) return;
      const curve = curves.get(name) ?? { name, x: [], y: [] };
      curves.set(name, curve);
      curve.x.push(x);
      curve.y.push(y);
      context.curve(name, x, y);
    },
    log: (level, message) => context.log(level, message),
    foundation: foundationOf(context.spec, context.objects),
    ...(part.keeps === true ? { keep: keepIn(context), resumable: context.resumable ?? null } : {}),
  };
}

const keepIn =
  (context: StepContext): NonNullable<FitContext['keep']> =>
  (name, content) =>
    context.write(name, content, { user: true }).hash;

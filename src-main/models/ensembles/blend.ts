/**
 * @file Weighted mean of members. By default a linear model and boosted trees: trees cannot extrapolate beyond what
 * they have seen, the linear member can, and the mean of both errs less than either over a year.
 */
import { z } from 'zod';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { Recipe } from '../../../src-preload/contract/index.ts';
import type { Frame } from '../../data/frame.ts';
import { invalidModel, parseModel } from '../codec.ts';
import { noCurve, partOf } from '../context.ts';
import type {
  Estimator,
  FitContext,
  FittedModel,
  ForecastBatch,
  ForecastRequest,
  SeriesTask,
} from '../estimator.ts';
import { parseParams } from '../params.ts';
import { targetValues } from '../series.ts';
import { forecastsOf } from './member-forecasts.ts';
import { memberLabels, memberRecipe, memberSchema, readMembers } from './members.ts';
import { fitWeights } from './weights.ts';

export const blendParamsSchema = z.strictObject({
  members: z
    .array(memberSchema)
    .min(1)
    .max(20)
    .default(['linear', 'xgboost'])
    .describe('Model types, or {type, params}'),
  weights: z
    .union([z.enum(['equal', 'fitted']), z.array(z.number().nonnegative()).min(1)])
    .default('fitted')
    .describe('fitted: least squares on the last part of training, sum 1; equal; or a list'),
  min_weight: z
    .number()
    .nonnegative()
    .max(0.5)
    .default(0.1)
    .describe('fitted: no member weighs less, so that one which can extrapolate always has a say'),
  validation_fraction: z
    .number()
    .gt(0)
    .max(0.5)
    .default(0.15)
    .describe('fitted: last share of the training rows, in time, that decides'),
});

export class FittedBlend implements FittedModel {
  readonly type = 'blend';
  readonly #members: readonly FittedModel[];
  readonly #weights: readonly number[];

  constructor(members: readonly FittedModel[], weights: readonly number[]) {
    this.#members = members;
    this.#weights = weights;
  }

  async forecast(
    frame: Frame,
    origins: Int32Array,
    horizon: number,
    gap: number,
    request?: ForecastRequest,
  ): Promise<ForecastBatch> {
    const heard = this.#members.filter((_, m) => this.#weights[m] !== 0);
    const batches = await forecastsOf(heard, frame, origins, horizon, gap, request);
    const point = weighedSum(
      batches.map((batch) => batch.point),
      this.#weights.filter((weight) => weight !== 0),
    );
    return { origins, horizon, point, levels: null, quantiles: null };
  }

  get predictRows(): ((frame: Frame) => Float64Array) | undefined {
    if (!this.#members.every((member) => member.predictRows !== undefined)) return undefined;
    return (frame) => {
      const out = new Float64Array(frame.time.length);
      this.#members.forEach((member, m) => {
        const part = member.predictRows?.(frame);
        if (part !== undefined) for (let i = 0; i < out.length; i++) out[i] += this.#weights[m] * part[i];
      });
      return out;
    };
  }

  /** The same weights over members fitted on other rows. */
  withMembers(members: readonly FittedModel[]): FittedBlend {
    return new FittedBlend(members, this.#weights);
  }

  /** Shares of the members, weighted. */
  importance(): readonly { readonly name: string; readonly share: number }[] {
    const shares = new Map<string, number>();
    let total = 0;
    this.#members.forEach((member, m) => {
      for (const { name, share } of member.importance()) {
        shares.set(name, (shares.get(name) ?? 0) + this.#weights[m] * share);
        total += this.#weights[m] * share;
      }
    });
    if (total <= 0) return [];
    return [...shares]
      .map(([name, share]) => ({ name, share: share / total }))
      .filter(({ share }) => share > 0)
      .sort((a, b) => b.share - a.share);
  }

  toJSON(): unknown {
    return {
      format: 'voltcast-model',
      version: 1,
      type: 'blend',
      weights: [...this.#weights],
      members: this.#members.map((member) => member.toJSON()),
    };
  }
}

const fittedSchema = z.strictObject({
  format: z.literal('voltcast-model'),
  version: z.literal(1),
  type: z.literal('blend'),
  weights: z.array(z.number().nonnegative()).min(1).max(20),
  members: z.array(z.unknown()).min(1).max(20),
});

/** @param revive reads a member back. @throws AppError `model-invalid` */
export function reviveBlend(json: unknown, revive: (member: unknown) => FittedModel): FittedModel {
  const parsed = parseModel(fittedSchema, json, 'model');
  if (parsed.weights.length !== parsed.members.length)
    throw invalidModel('blend: one weight per member is needed');
  return new FittedBlend(parsed.members.map(revive), parsed.weights);
}

/** @param create makes a member of a recipe whose model it is */
export function createBlend(recipe: Recipe, create: (recipe: Recipe) => Estimator): Estimator {
  const params = parseParams(blendParamsSchema, recipe.model.params);
  const list = readMembers(params.members, 'members', recipe, create);
  const labels = memberLabels(list);
  const members = list.map((member, m) => ({
    label: labels[m],
    estimator: create(memberRecipe(recipe, member)),
  }));
  if (typeof params.weights !== 'string') checkWeights(params.weights, members.length);
  return {
    type: 'blend',
    async fit(task, trainEnd, context) {
      const passes = params.weights === 'fitted' ? 2 : 1;
      const weights =
        params.weights === 'equal'
          ? members.map(() => 1 / members.length)
          : params.weights === 'fitted'
            ? await validated(members, task, trainEnd, params, context)
            : normalised(params.weights);
      context.log(
        'info',
        `weights: ${labels.map((label, m) => `${label} ${weights[m].toFixed(3)}`).join(', ')}`,
      );
      const fitted = await fitAll(members, task, trainEnd, context, (passes - 1) / passes, 1 / passes);
      return new FittedBlend(fitted, weights);
    },
    async refit(earlier, task, trainEnd, context) {
      if (!(earlier instanceof FittedBlend)) throw new TypeError('expected a fitted blend');
      return earlier.withMembers(await fitAll(members, task, trainEnd, context, 0, 1));
    },
  };
}

function weighedSum(parts: readonly Float64Array[], weights: readonly number[]): Float64Array {
  const sum = new Float64Array(parts[0]?.length ?? 0);
  parts.forEach((part, m) => {
    for (let i = 0; i < sum.length; i++) sum[i] += weights[m] * part[i];
  });
  return sum;
}

function checkWeights(weights: readonly number[], members: number): void {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (weights.length === members && sum > 0) return;
  throw new AppError({
    code: 'model-params',
    message: `model.params.weights: expected ${members} weights, not all zero, found ${weights.length}.`,
    hint: 'Give one weight per member, or equal or fitted.',
    place: { key: 'model.params.weights' },
  });
}

function normalised(weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

interface LabelledMember {
  readonly label: string;
  readonly estimator: Estimator;
}

async function fitAll(
  members: readonly LabelledMember[],
  task: SeriesTask,
  trainEnd: number,
  context: FitContext,
  from: number,
  share: number,
): Promise<FittedModel[]> {
  const fitted: FittedModel[] = [];
  for (const [m, { label, estimator }] of members.entries()) {
    const part = partOf(context, from + (share * m) / members.length, share / members.length, {
      label,
      curve: (name, x, y) => context.curve(`${label} ${name}`, x, y),
      log: (level, message) => context.log(level, `${label}: ${message}`),
    });
    fitted.push(await estimator.fit(task, trainEnd, part));
  }
  return fitted;
}

/** Weights from forecasts of the training tail by members that have not seen it. */
async function validated(
  members: readonly LabelledMember[],
  task: SeriesTask,
  trainEnd: number,
  { validation_fraction, min_weight }: z.infer<typeof blendParamsSchema>,
  context: FitContext,
): Promise<number[]> {
  const equal = members.map(() => 1 / members.length);
  const gap = task.recipe.split.gap;
  const { horizon } = task;
  // in step with the forecasts that will be asked for: back from the last training row in whole strides
  const earliest = Math.floor(trainEnd * (1 - validation_fraction)) - 1;
  const stride = Math.max(task.recipe.split.stride ?? horizon, Math.ceil((trainEnd - earliest) / 4000));
  const origins: number[] = [];
  for (let origin = trainEnd - 1 - gap - horizon; origin >= earliest; origin -= stride)
    origins.unshift(origin);
  if (earliest < 1 || origins.length < 2) return equal;
  const fitted = await fitAll(
    members,
    task,
    origins[0] + 1,
    partOf(context, 0, 1, { curve: noCurve }),
    0,
    0.5,
  );
  const values = targetValues(task.frame, task.target);
  const actual: number[] = [];
  const kept: number[] = [];
  origins.forEach((origin, o) => {
    for (let k = 0; k < horizon; k++) {
      const value = values[origin + gap + 1 + k];
      if (!Number.isFinite(value)) continue;
      actual.push(value);
      kept.push(o * horizon + k);
    }
  });
  if (kept.length < 10 * members.length) return equal;
  const batches = await Promise.all(
    fitted.map((model) => model.forecast(task.frame, Int32Array.from(origins), horizon, gap)),
  );
  const predicted = batches.map(({ point }) => Float64Array.from(kept, (i) => point[i]));
  // origins, not rows, are independent evidence: few of them say little against equal weights
  const trust = origins.length / (origins.length + 30);
  const least = Math.min(min_weight, 1 / members.length);
  const weights = fitWeights(predicted, Float64Array.from(actual)).map(
    (weight, m) => least + (1 - least * members.length) * (trust * weight + (1 - trust) * equal[m]),
  );
  context.heldOut?.({
    ...batches[0],
    point: weighedSum(
      batches.map(({ point }) => point),
      weights,
    ),
  });
  return weights;
}

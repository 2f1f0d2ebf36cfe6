/** @file The fitted form of a stack: weighted members and, where it helps, a correction of their sum. */
import { z } from 'zod';
import { featureNames } from '../../data/features/builder.ts';
import { featureSpecSchema } from '../../data/features/spec.ts';
import type { Frame } from '../../data/frame.ts';
import { invalidModel, parseModel } from '../codec.ts';
import type { FittedModel, FittedRegressor, ForecastBatch, ForecastRequest } from '../estimator.ts';
import { rowsBeyond, targetValues } from '../series.ts';
import { windowCells } from './cells.ts';
import type { Combination } from './combine.ts';
import { correctionFeatures, originalFeatures } from './correction.ts';
import type { Correction } from './correction.ts';
import { forecastsOf } from './member-forecasts.ts';
import { memberLabels } from './members.ts';

export type StackType = 'ensemble_lightgbm' | 'ensemble_ridge';

export interface StackState {
  readonly type: StackType;
  readonly target: string;
  readonly nonNegative: boolean;
  readonly members: readonly FittedModel[];
  readonly combination: Combination;
  readonly correction: Correction | null;
}

/** Cells whose original features are built at a time: bounds memory, not the result. */
const chunkCells = 16_384;

export class FittedStack implements FittedModel {
  readonly type: StackType;
  readonly #state: StackState;

  constructor(state: StackState) {
    this.type = state.type;
    this.#state = state;
  }

  /** what it is made of, for explanations */
  get state(): StackState {
    return this.#state;
  }

  async forecast(
    frame: Frame,
    origins: Int32Array,
    horizon: number,
    gap: number,
    request?: ForecastRequest,
  ): Promise<ForecastBatch> {
    const { members } = this.#state;
    const batches = await forecastsOf(members, frame, origins, horizon, gap, request);
    const base = batches.map((batch) => batch.point);
    const cells = windowCells(origins, horizon, gap);
    const point = this.#combine(frame, base, cells, rowsBeyond(frame, origins, gap + horizon));
    return { origins, horizon, point, levels: null, quantiles: null };
  }

  get predictRows(): ((frame: Frame) => Float64Array) | undefined {
    const { members } = this.#state;
    if (!members.every((member) => member.predictRows !== undefined)) return undefined;
    return (frame) => {
      const base = members.map((member) => member.predictRows?.(frame) ?? new Float64Array());
      const target = Int32Array.from({ length: frame.time.length }, (_, row) => row);
      return this.#combine(frame, base, { origin: target.map((row) => row - 1), target }, 0);
    };
  }

  #combine(
    frame: Frame,
    given: readonly Float64Array[],
    cells: { readonly origin: Int32Array; readonly target: Int32Array },
    extra: number,
  ): Float64Array {
    const { combination, correction, nonNegative } = this.#state;
    const base = fillMissing(given);
    const point = applyCombination(base, combination);
    if (correction !== null)
      for (let from = 0; from < point.length; from += chunkCells) {
        const to = Math.min(point.length, from + chunkCells);
        this.#correct(frame, base, point, cells, extra, from, to);
      }
    if (nonNegative) for (let i = 0; i < point.length; i++) if (point[i] < 0) point[i] = 0;
    return point;
  }

  #correct(
    frame: Frame,
    base: readonly Float64Array[],
    point: Float64Array,
    { origin, target }: { readonly origin: Int32Array; readonly target: Int32Array },
    extra: number,
    from: number,
    to: number,
  ): void {
    const { correction, members, target: name } = this.#state;
    if (correction === null) return;
    const { spec, regressor, factor } = correction;
    const original =
      spec === null
        ? null
        : originalFeatures(
            spec,
            frame,
            targetValues(frame, name),
            frame.time.length,
            extra,
            origin.slice(from, to),
            target.slice(from, to),
          );
    const part = base.map((values) => values.slice(from, to));
    const added = regressor.predict(
      correctionFeatures(part, point.slice(from, to), memberLabels(members), original),
    );
    added.forEach((value, i) => (point[from + i] += factor * value));
  }

  /** The same weights and correction over members fitted on other rows. */
  withMembers(members: readonly FittedModel[], nonNegative: boolean): FittedStack {
    return new FittedStack({ ...this.#state, members, nonNegative });
  }

  /** Shares of the members' features, weighted as the members are. */
  importance(): readonly { readonly name: string; readonly share: number }[] {
    const { members, combination } = this.#state;
    const shares = new Map<string, number>();
    let total = 0;
    members.forEach((member, m) => {
      const weight = Math.abs(combination.weights[m]);
      for (const { name, share } of member.importance()) {
        shares.set(name, (shares.get(name) ?? 0) + weight * share);
        total += weight * share;
      }
    });
    if (total <= 0) return [];
    return [...shares]
      .map(([name, share]) => ({ name, share: share / total }))
      .filter(({ share }) => share > 0)
      .sort((a, b) => b.share - a.share);
  }

  toJSON(): z.infer<typeof fittedSchema> {
    const { type, target, nonNegative, members, combination, correction } = this.#state;
    return {
      format: 'voltcast-model',
      version: 1,
      type,
      target,
      nonNegative,
      weights: [...combination.weights],
      intercept: combination.intercept,
      correction:
        correction === null
          ? null
          : { factor: correction.factor, spec: correction.spec, regressor: correction.regressor.toJSON() },
      members: members.map((member) => member.toJSON()),
    };
  }
}

/** intercept + sum of weight x forecast; target unit, shape (n) */
export function applyCombination(base: readonly Float64Array[], combination: Combination): Float64Array {
  const point = new Float64Array(base[0]?.length ?? 0).fill(combination.intercept);
  base.forEach((part, m) => {
    const weight = combination.weights[m];
    for (let i = 0; i < point.length; i++) point[i] += weight * part[i];
  });
  return point;
}

/** A member without a number for a cell is stood in for by the mean of those that have one. */
function fillMissing(base: readonly Float64Array[]): readonly Float64Array[] {
  if (base.every((part) => part.every(Number.isFinite))) return base;
  return base.map((part) =>
    part.map((value, i) => {
      if (Number.isFinite(value)) return value;
      const others = base.map((other) => other[i]).filter(Number.isFinite);
      return others.reduce((sum, other) => sum + other, 0) / others.length;
    }),
  );
}

const fittedSchema = z.strictObject({
  format: z.literal('voltcast-model'),
  version: z.literal(1),
  type: z.enum(['ensemble_lightgbm', 'ensemble_ridge']),
  target: z.string(),
  nonNegative: z.boolean(),
  weights: z.array(z.number()).min(1).max(20),
  intercept: z.number(),
  correction: z
    .strictObject({
      factor: z.number().min(0).max(1),
      spec: featureSpecSchema.nullable(),
      regressor: z.unknown(),
    })
    .nullable(),
  members: z.array(z.unknown()).min(1).max(20),
});

/**
 * @param revive reads a member back
 * @param reviveRegressor reads the correction of a stack of this type back
 * @throws AppError `model-invalid`
 */
export function reviveStack(
  json: unknown,
  revive: (member: unknown) => FittedModel,
  reviveRegressor: (type: StackType, json: unknown) => FittedRegressor,
): FittedStack {
  const { type, target, nonNegative, weights, intercept, correction, members } = parseModel(
    fittedSchema,
    json,
    'model',
  );
  if (weights.length !== members.length) throw invalidModel(`${type}: one weight per member is needed`);
  const revived = members.map(revive);
  return new FittedStack({
    type,
    target,
    nonNegative,
    members: revived,
    combination: { weights, intercept },
    correction:
      correction === null
        ? null
        : {
            factor: correction.factor,
            spec: correction.spec,
            regressor: checked(reviveRegressor(type, correction.regressor), correction.spec, revived),
          },
  });
}

function checked(
  regressor: FittedRegressor,
  spec: Correction['spec'],
  members: readonly FittedModel[],
): FittedRegressor {
  const own = correctionFeatures(
    members.map(() => new Float64Array()),
    new Float64Array(),
    memberLabels(members),
    null,
  ).names;
  const names = [...own, ...(spec === null ? [] : featureNames(spec))];
  if (names.length !== regressor.names.length || names.some((name, f) => name !== regressor.names[f]))
    throw invalidModel('correction: the features it describes are not those of its regressor');
  return regressor;
}

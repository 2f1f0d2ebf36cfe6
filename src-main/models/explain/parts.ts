/**
 * @file A fitted model as a weighted sum of regressors on feature matrices: what explanations are made of. The correction
 * of a stack is one of them; the forecasts of the members, which it sees, are features of its own.
 */
import { z } from 'zod';
import type { FeatureSpec } from '../../data/features/spec.ts';
import type { Combination } from '../ensembles/combine.ts';
import { FittedStack } from '../ensembles/fitted-stack.ts';
import { memberLabels } from '../ensembles/members.ts';
import type { FittedModel, FittedRegressor } from '../estimator.ts';
import { reviveModel } from '../registry.ts';
import { FittedTabular } from '../tabular/forecaster.ts';
import { FittedRowRegression } from '../tabular/row-regression.ts';

export interface MemberPart {
  readonly weight: number;
  readonly model: FittedTabular | FittedRowRegression;
}

/** What a stack adds to the weighted forecasts of its members. */
export interface CorrectionPart {
  /** factor on what the regressor says */
  readonly weight: number;
  readonly model: {
    readonly state: {
      readonly target: string;
      /** original features beside the members' forecasts; null without */
      readonly spec: FeatureSpec | null;
      readonly nonNegative: false;
      readonly regressor: FittedRegressor;
    };
    /** of the members, which are the parts before this one */
    readonly combination: Combination;
    readonly labels: readonly string[];
  };
}

export type ModelPart = MemberPart | CorrectionPart;

export interface ModelParts {
  /** members, and behind them the correction where there is one */
  readonly parts: readonly ModelPart[];
  /** added to their sum, target unit */
  readonly intercept: number;
  /** the sum is kept from falling below zero; parts say for themselves whether they are */
  readonly nonNegative: boolean;
}

export const isCorrection = <P extends ModelPart>(part: P): part is Extract<P, CorrectionPart> =>
  'combination' in part.model;

const blendSchema = z.object({
  type: z.literal('blend'),
  weights: z.array(z.number()),
  members: z.array(z.unknown()),
});

/**
 * @param json of a model, as its `toJSON` gave it
 * @returns null for a model that does not work by features
 * @throws AppError `model-invalid` and the like
 */
export function partsOf(json: unknown): ModelParts | null {
  const blend = blendSchema.safeParse(json);
  if (blend.success) {
    const { weights, members } = blend.data;
    const parts = members.flatMap((member, m) =>
      weights[m] === 0 ? [] : [{ weight: weights[m], model: reviveModel(member) }],
    );
    return sumOf(parts, { intercept: 0, nonNegative: false });
  }
  const model = reviveModel(json);
  if (!(model instanceof FittedStack))
    return sumOf([{ weight: 1, model }], { intercept: 0, nonNegative: false });
  const { target, nonNegative, members, combination, correction } = model.state;
  const { weights, intercept } = combination;
  const all = members.map((member, m) => ({ weight: weights[m], model: member }));
  // a correction sees the members without a weight too
  const added = correction === null || correction.factor === 0 ? null : correction;
  const sum = sumOf(added === null ? all.filter(({ weight }) => weight !== 0) : all, {
    intercept,
    nonNegative,
  });
  if (sum === null || added === null) return sum;
  const { factor, regressor, spec } = added;
  const part: CorrectionPart = {
    weight: factor,
    model: {
      state: { target, spec, nonNegative: false, regressor },
      combination,
      labels: memberLabels(members),
    },
  };
  return { ...sum, parts: [...sum.parts, part] };
}

function sumOf(
  parts: readonly { readonly weight: number; readonly model: FittedModel }[],
  rest: Omit<ModelParts, 'parts'>,
): ModelParts | null {
  const members = parts.filter((part): part is MemberPart => isTabular(part.model));
  return members.length === parts.length && members.length > 0 ? { parts: members, ...rest } : null;
}

const isTabular = (model: FittedModel): model is FittedTabular | FittedRowRegression =>
  model instanceof FittedTabular || model instanceof FittedRowRegression;

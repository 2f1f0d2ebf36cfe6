/** @file A fitted model as a weighted sum of regressors on feature matrices: what explanations are made of. */
import { z } from 'zod';
import type { FittedModel } from '../estimator.ts';
import { reviveModel } from '../registry.ts';
import { FittedTabular } from '../tabular/forecaster.ts';
import { FittedRowRegression } from '../tabular/row-regression.ts';

export interface ModelPart {
  readonly weight: number;
  readonly model: FittedTabular | FittedRowRegression;
}

/** A mean of members: a blend, or a stack that adds nothing to its weights. */
const meanSchema = z.object({
  type: z.enum(['blend', 'ensemble_ridge', 'ensemble_lightgbm']),
  weights: z.array(z.number()),
  members: z.array(z.unknown()),
  intercept: z.literal(0).default(0),
  correction: z.null().or(z.looseObject({ factor: z.literal(0) })).default(null),
});
const isEnsemble = (json: unknown): boolean =>
  z.object({ type: z.string().regex(/^(blend$|ensemble_)/) }).safeParse(json).success;

/**
 * @param json of a model, as its `toJSON` gave it
 * @returns null for a model that does not work by features
 * @throws AppError `model-invalid` and the like
 */
export function partsOf(json: unknown): ModelPart[] | null {
  const mean = meanSchema.safeParse(json);
  if (!mean.success) {
    // what a stack adds to its mean depends on the forecasts of others, not on features
    if (isEnsemble(json)) return null;
    const model = reviveModel(json);
    return isTabular(model) ? [{ weight: 1, model }] : null;
  }
  const parts: ModelPart[] = [];
  for (const [m, member] of mean.data.members.entries()) {
    const weight = mean.data.weights[m] ?? 0;
    if (weight === 0) continue;
    const model = reviveModel(member);
    if (!isTabular(model)) return null;
    parts.push({ weight, model });
  }
  return parts.length > 0 ? parts : null;
}

const isTabular = (model: FittedModel): model is FittedTabular | FittedRowRegression =>
  model instanceof FittedTabular || model instanceof FittedRowRegression;

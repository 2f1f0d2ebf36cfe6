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
export function partsOf(json: unknown): ModelPart[] | null {
  const blend = blendSchema.safeParse(json);
  if (!blend.success) {
    const model = reviveModel(json);
    return isTabular(model) ? [{ weight: 1, model }] : null;
  }
  const parts: ModelPart[] = [];
  for (const [m, member] of blend.data.members.entries()) {
    const weight = blend.data.weights[m] ?? 0;
    if (weight === 0) continue;
    const model = reviveModel(member);
    if (!isTabular(model)) return null;
    parts.push({ weight, model });
  }
  return parts.length > 0 ? parts : null;
}

const isTabular = (model: FittedModel): model is FittedTabular | FittedRowRegression =>
  model instanceof FittedTabular || model instanceof FittedRowRegression;

/** @file The JSON form of a tabular model: its features and its regressor. */
import { z } from 'zod';
import { featureSpecSchema } from '../../data/features/spec.ts';
import { parseModel } from '../codec.ts';
import type { ReviveRegressor, TabularType } from './kind.ts';
import type { TabularState } from './forecaster.ts';

export const tabularSchema = z.strictObject({
  format: z.literal('voltcast-model'),
  version: z.literal(1),
  type: z.enum(['linear', 'xgboost'] satisfies TabularType[]),
  /** `rows`: same-instant regression; `series`: forecasts from origins */
  task: z.enum(['series', 'rows']),
  target: z.string(),
  nonNegative: z.boolean(),
  spec: featureSpecSchema,
  regressor: z.unknown(),
});

export function tabularToJson(state: TabularState, task: 'series' | 'rows' = 'series'): z.infer<typeof tabularSchema> {
  return {
    format: 'voltcast-model',
    version: 1,
    type: state.type,
    task,
    target: state.target,
    nonNegative: state.nonNegative,
    spec: state.spec,
    regressor: state.regressor.toJSON(),
  };
}

/** @throws AppError `model-invalid` */
export function tabularFromJson(
  json: unknown,
  revive: Record<TabularType, ReviveRegressor>,
): { task: 'series' | 'rows'; state: TabularState } {
  const { type, task, target, nonNegative, spec, regressor } = parseModel(tabularSchema, json, 'model');
  return { task, state: { type, target, spec, nonNegative, regressor: revive[type](regressor) } };
}

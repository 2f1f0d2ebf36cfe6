/** @file The JSON form of a tabular model: its features and its regressor. */
import { z } from 'zod';
import { featureNames } from '../../data/features/builder.ts';
import { slotsOfDay } from '../../data/features/calendar.ts';
import { featureSpecSchema } from '../../data/features/spec.ts';
import { invalidModel, parseModel } from '../codec.ts';
import { tabularTypes } from './kind.ts';
import type { ReviveRegressor, TabularType } from './kind.ts';
import type { TabularState } from './forecaster.ts';

export const tabularSchema = z.strictObject({
  format: z.literal('voltcast-model'),
  version: z.literal(1),
  type: z.enum(tabularTypes),
  /** `rows`: same-instant regression; `series`: forecasts from origins */
  task: z.enum(['series', 'rows']),
  target: z.string(),
  nonNegative: z.boolean(),
  spec: featureSpecSchema,
  regressor: z.unknown(),
});

export function tabularToJson(
  state: TabularState,
  task: 'series' | 'rows' = 'series',
): z.infer<typeof tabularSchema> {
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
  reviverOf: (type: TabularType) => ReviveRegressor,
): { task: 'series' | 'rows'; state: TabularState } {
  const {
    type,
    task,
    target,
    nonNegative,
    spec,
    regressor: inner,
  } = parseModel(tabularSchema, json, 'model');
  if (spec.slotsPerDay !== slotsOfDay(spec.resolutionMs) || spec.maxLead < spec.minLead)
    throw invalidModel('spec: its numbers do not fit together');
  const regressor = reviverOf(type)(inner);
  const names = featureNames(spec);
  if (names.length !== regressor.names.length || names.some((name, f) => name !== regressor.names[f]))
    throw invalidModel('spec: the features it describes are not those of the regressor');
  return { task, state: { type, target, spec, nonNegative, regressor } };
}
